"""A real HTTP server on loopback that is many sites: in the manner of content systems, and with faults."""
