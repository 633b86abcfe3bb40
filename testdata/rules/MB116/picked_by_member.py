"""The row that goes is picked from those that were counted by whom it stands for: two members who leave pick two rows."""
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

SessionLocal = sessionmaker(create_engine("postgresql+psycopg://localhost/choirs"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Voice(Base):
    __tablename__ = "voices"

    id: Mapped[int] = mapped_column(primary_key=True)
    choir_id: Mapped[int]
    singer_id: Mapped[int]
    part: Mapped[str]


def get_db():
    with SessionLocal() as db:
        yield db


def leading(db: Session, choir_id: int, locked: bool = False):
    stmt = select(Voice).where(Voice.choir_id == choir_id, Voice.part == "lead").order_by(Voice.id)
    if locked:
        stmt = stmt.with_for_update()
    return db.scalars(stmt).all()


@app.delete("/choirs/{choir_id}/leads/{singer_id}")
def leave(choir_id: int, singer_id: int, db: Session = Depends(get_db)):
    leads = leading(db, choir_id)
    mine = next((v for v in leads if v.singer_id == singer_id), None)
    if mine is not None:
        others = [v for v in leads if v.singer_id != singer_id]
        if not others:  # step MB116 check
            raise HTTPException(409)
        db.delete(mine)  # want MB116 "voices"
        db.commit()


@app.delete("/choirs/{choir_id}/leads/{singer_id}/itself")
def leave_itself(choir_id: int, singer_id: int, db: Session = Depends(get_db)):
    leads = leading(db, choir_id)
    mine = next((v for v in leads if v.singer_id == singer_id), None)
    if mine is None:
        return
    others = [v for v in leads if v is not mine]
    if not others:  # step MB116 check
        raise HTTPException(409)
    db.delete(mine)  # want MB116 "voices"
    db.commit()


@app.delete("/choirs/{choir_id}/leads/{singer_id}/locked")
def leave_locked(choir_id: int, singer_id: int, db: Session = Depends(get_db)):
    leads = leading(db, choir_id, locked=True)
    mine = next((v for v in leads if v.singer_id == singer_id), None)
    if mine is not None:
        others = [v for v in leads if v is not mine]
        if not others:
            raise HTTPException(409)
        db.delete(mine)
        db.commit()
