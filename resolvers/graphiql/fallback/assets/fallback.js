const element = (id) => document.getElementById(id);

function show(text) {
  element("answer").textContent = text;
}

function parsed(id) {
  const text = element(id).value.trim();
  return text === "" ? {} : JSON.parse(text);
}

async function ask(endpoint) {
  const response = await fetch(endpoint, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...parsed("headers") },
    body: JSON.stringify({ query: element("query").value, variables: parsed("variables") }),
  });
  show(JSON.stringify(await response.json(), null, 2));
}

function run(endpoint) {
  show("…");
  ask(endpoint).catch((error) => show(`Not sent or not understood 未发送或无法解析: ${error.message}`));
}

function choose(tab, headers) {
  element("headers").value = tab?.headers ?? headers;
  element("query").value = tab?.query ?? "";
  element("variables").value = tab?.variables ?? "";
  show("");
}

function open({ endpoint, headers, tabs }) {
  element("example").append(...tabs.map(({ title }) => new Option(title)));
  element("example").addEventListener("change", (event) => choose(tabs[event.target.selectedIndex], headers));
  element("run").addEventListener("click", () => run(endpoint));
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey && event.key === "Enter") run(endpoint);
  });
  choose(tabs[0], headers);
}

fetch("/graphiql/config.json")
  .then((response) => response.json())
  .then(open, (error) => show(`No settings 无法读取配置: ${error.message}`));
