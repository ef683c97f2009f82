/** What this page is and how to use it, in one line. */
export function Banner() {
  return (
    <header className="certhub-banner">
      <h1>
        certhub <span lang="zh-CN">证照共享查询枢纽</span>
      </h1>
      <ol>
        <li>
          Pick a tab <span lang="zh-CN">选标签页</span>
        </li>
        <li>
          Press ▶ or Ctrl-Enter <span lang="zh-CN">运行</span>
        </li>
        <li>
          Your key sits under Headers, for this session only{" "}
          <span lang="zh-CN">密钥在 Headers，仅本次会话</span>
        </li>
        <li>
          Documentation: the book on the left <span lang="zh-CN">左侧书本为文档</span>
        </li>
      </ol>
    </header>
  );
}
