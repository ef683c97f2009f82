import { createGraphiQLFetcher } from "@graphiql/toolkit";
import { GraphiQL } from "graphiql";
import { createRoot } from "react-dom/client";

import "graphiql/style.css";
import "./style.css";
import "./workers.js";
import { Banner } from "./banner.jsx";
import { sessionStore } from "./session.js";

const CONFIG_URL = "/graphiql/config.json";

async function readConfig() {
  const response = await fetch(CONFIG_URL);
  if (!response.ok) throw new Error(`${CONFIG_URL} answered ${response.status}`);
  return response.json();
}

/** What the editors start with; nothing where this session has tabs of its own already. */
function startingTabs(config, storage) {
  if (storage.getItem("graphiql:tabState") !== null || config.tabs.length === 0) return {};
  const tabs = config.tabs.map(({ query, variables }) => ({
    query,
    variables,
    headers: config.headers,
  }));
  return {
    defaultTabs: tabs,
    initialQuery: tabs[0].query,
    initialVariables: tabs[0].variables,
    initialHeaders: config.headers,
  };
}

function Page({ config }) {
  const storage = sessionStore(config.version);
  const fetcher = createGraphiQLFetcher({ url: config.endpoint });
  return (
    <div className="certhub-page">
      <Banner />
      <GraphiQL
        fetcher={fetcher}
        storage={storage}
        defaultHeaders={config.headers}
        defaultEditorToolsVisibility="variables"
        shouldPersistHeaders
        showPersistHeadersSettings={false}
        inputValueDeprecation
        schemaDescription
        {...startingTabs(config, storage)}
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
