"""Pure functions: text and frames in, text and frames out."""
