"""Writers of a release: one small file a format."""
