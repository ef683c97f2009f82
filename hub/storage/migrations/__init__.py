"""The migrations, shipped inside the package and run by `hub.storage.engine.migrate`."""
