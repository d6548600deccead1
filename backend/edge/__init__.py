"""What the outside touches: problems, doors and idempotency, permissions, throttles, pages, live push, OpenAPI."""
