"""Run by hand: python -m scripts.backfill."""
import sys

from app.db import Panel, SessionLocal


def main() -> None:
    with SessionLocal() as db:
        panel = db.get(Panel, int(sys.argv[1]))
        if panel is not None:
            panel.watt_hours = panel.watt_hours + int(sys.argv[2])
            db.commit()


if __name__ == "__main__":
    main()
