"""All input and output: the command line, Prefect flows, the stores, the HTTP client."""
