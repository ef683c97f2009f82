import { GraphiQL } from "graphiql";
import { createRoot } from "react-dom/client";

import "graphiql/style.css";
import "./style.css";
import "./workers.js";
import { Banner } from "./banner.jsx";
import { keyedFetcher } from "./fetcher.js";
import { sessionStore } from "./session.js";

const CONFIG_URL = "/graphiql/config.json";

async function readConfig() {
  const response = await fetch(CONFIG_URL);
  if (!response.ok) throw new Error(`${CONFIG_URL} answered ${response.status}`);
  return response.json();
}

/** The tab that was open before a reload, if this session has one. */
function keptTab(storage) {
  try {
    const { tabs, activeTabIndex } = JSON.parse(storage.getItem("graphiql:tabState"));
    return tabs[activeTabIndex];
  } catch {
    return undefined;
  }
}

function startingTabs(config, storage) {
  const defaultTabs = config.tabs.map(({ query, variables, headers }) => ({
    query,
    variables,
    headers: headers ?? config.headers,
  }));
  const open = keptTab(storage) ?? defaultTabs[0];
  return {
    ...(defaultTabs.length > 0 && { defaultTabs }),
    initialQuery: open?.query ?? "",
    initialVariables: open?.variables ?? "",
    initialHeaders: open?.headers ?? config.headers,
  };
}

function Page({ config }) {
  const storage = sessionStore(config.version);
  const tabs = startingTabs(config, storage);
  return (
    <div className="certhub-page">
      <Banner />
      <GraphiQL
        fetcher={keyedFetcher(config.endpoint, tabs.initialHeaders)}
        storage={storage}
        defaultHeaders={config.headers}
        defaultEditorToolsVisibility="variables"
        shouldPersistHeaders
        showPersistHeadersSettings={false}
        inputValueDeprecation
        schemaDescription
        {...tabs}
      >
        <GraphiQL.Logo> </GraphiQL.Logo>
      </GraphiQL>
    </div>
  );
}

function Trouble({ error }) {
  return (
    <p className="certhub-notice" role="alert">
      The page could not read its settings ({error.message}). Is the hub still running? Start it and
      reload. 无法读取页面配置，请确认枢纽正在运行后刷新。
    </p>
  );
}

const root = createRoot(document.getElementById("root"));
readConfig().then(
  (config) => root.render(<Page config={config} />),
  (error) => root.render(<Trouble error={error} />),
);
