"""The register of those harmed, in bulk: tables taken in, all or nothing, and given out again."""
