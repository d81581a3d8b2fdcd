"""One file a dialect, with a subclass of `dialect.Dialect` called `DIALECT`."""
