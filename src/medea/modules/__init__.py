"""The features, one package each; imports go down the order of `docs/architecture.md`."""
