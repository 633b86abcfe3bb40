"""Bodies of jobs race like routes, one step lower."""
import dramatiq
from celery import Celery, shared_task
from fastapi import FastAPI
from sqlalchemy import create_engine, select, update
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

engine = create_engine("postgresql+psycopg://localhost/jobs")
Local = sessionmaker(engine)
celery_app = Celery("jobs", broker="redis://localhost")
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Export(Base):
    __tablename__ = "exports"

    id: Mapped[int] = mapped_column(primary_key=True)
    status: Mapped[str] = mapped_column(default="new")


def run(db: Session, export_id: int) -> None:
    export = db.get(Export, export_id)
    if export is None or export.status != "new":  # step MB107 check
        return
    export.status = "running"  # want MB107 "status"
    db.commit()


@celery_app.task(bind=True, acks_late=True)
def run_export(self, export_id: int) -> None:
    with Local() as db:
        run(db, export_id)


@shared_task
def run_claimed(export_id: int) -> None:
    with Local() as db:
        claimed = db.execute(update(Export).where(Export.id == export_id, Export.status == "new").values(status="running"))
        db.commit()
        if claimed.rowcount == 0:
            return


@dramatiq.actor
def run_locked(export_id: int) -> None:
    with Local.begin() as db:
        export = db.scalars(select(Export).where(Export.id == export_id).with_for_update()).one()
        if export.status == "new":
            export.status = "running"


@app.post("/exports/{export_id}")
def start(export_id: int):
    run_export.delay(export_id)
    run_claimed.apply_async(args=[export_id])
    run_locked.send(export_id)
