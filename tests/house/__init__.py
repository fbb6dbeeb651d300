"""The house rules, held by tests; each rule is itself shown to catch a planted fault."""
