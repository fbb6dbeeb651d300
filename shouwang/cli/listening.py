"""The web application alone: `serve` starts it as a process that was never told who owns the tables."""

import sys

# Photos of a notice over a village's line take their time.
_TIMEOUT_SECONDS = 120


def main() -> None:
    """Listen on the address, port and with the number of workers that the arguments name."""
    host, port, workers = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    if sys.platform == "win32":
        from django.core.wsgi import get_wsgi_application
        from waitress import serve as listen

        listen(get_wsgi_application(), host=host, port=port, threads=workers * 4)
        return
    from gunicorn.app.wsgiapp import WSGIApplication

    class Served(WSGIApplication):
        def init(self, parser: object, opts: object, args: object) -> None:
            self.cfg.set("bind", f"{host}:{port}")
            self.cfg.set("workers", workers)
            self.cfg.set("timeout", _TIMEOUT_SECONDS)
            self.cfg.set("accesslog", None)
            self.cfg.set("loglevel", "warning")
            # Nothing is steered from outside, and nothing is written into the account's home.
            self.cfg.set("control_socket_disable", True)
            self.app_uri = "shouwang.wsgi:application"

        def load_config(self) -> None:
            self.init(None, None, None)

    Served(prog="shouwang").run()


if __name__ == "__main__":
    main()
