import { defineConfig } from "vite";

export default defineConfig({
  base: "/graphiql/",
  build: {
    outDir: "../dist",
    emptyOutDir: true,
    assetsDir: "assets",
    modulePreload: { polyfill: false },
    // Monaco alone is larger than the default warning allows.
    chunkSizeWarningLimit: 6000,
  },
  worker: { format: "es" },
});
