"""The desk's migrations, shipped inside the package and run by `hub.desk.store.opening`."""
