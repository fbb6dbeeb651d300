"""The interface for programs: departments push, platforms pull (R111); see /api/v1/openapi.json."""
