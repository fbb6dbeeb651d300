"""Logs without people: numbers are masked whatever wrote the line."""

import logging

from shouwang.domain.masking import mask_text


class MaskPersonalData(logging.Filter):
    """Mask ID, mobile and card numbers in the finished text of a log record."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record in place; every record passes."""
        record.msg, record.args = mask_text(record.getMessage()), None
        if record.exc_info and not record.exc_text:
            record.exc_text = mask_text(logging.Formatter().formatException(record.exc_info))
        return True
