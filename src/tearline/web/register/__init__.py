"""The register of those harmed, as pages: what stands, reports, the people they name, incidents, files, and tables."""
