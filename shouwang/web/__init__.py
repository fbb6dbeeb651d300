"""The pages. Views are thin: parse, call one action or report, show. Words and colours live in `present`."""
