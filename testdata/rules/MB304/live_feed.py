"""A socket that is asked once, and one that asks for each message."""
from fastapi import Depends, FastAPI, WebSocket
from sqlalchemy import create_engine, select, update
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

SessionLocal = sessionmaker(create_engine("postgresql+psycopg://localhost/desk"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Operator(Base):
    __tablename__ = "operators"

    id: Mapped[int] = mapped_column(primary_key=True)
    level: Mapped[int] = mapped_column(default=0)


class Switch(Base):
    __tablename__ = "switches"

    id: Mapped[int] = mapped_column(primary_key=True)
    on: Mapped[bool]


def get_db():
    with SessionLocal() as db:
        yield db


def level_of(operator_id: int) -> int:
    with SessionLocal() as db:
        return db.scalar(select(Operator.level).where(Operator.id == operator_id)) or 0


def throw(switch_id: int) -> None:
    with SessionLocal() as db:
        db.execute(update(Switch).where(Switch.id == switch_id).values(on=True))  # want MB304 "level"
        db.commit()


def throw_as(operator_id: int, switch_id: int) -> bool:
    allowed = select(Operator.id).where(Operator.id == operator_id, Operator.level >= 3).exists()
    with SessionLocal() as db:
        thrown = db.execute(update(Switch).where(Switch.id == switch_id, allowed).values(on=True))
        db.commit()
        return thrown.rowcount == 1


@app.websocket("/panel/{operator_id}")
async def panel(socket: WebSocket, operator_id: int):
    if level_of(operator_id) < 3:  # step MB304 check
        await socket.close(4403)
        return
    await socket.accept()
    while True:
        throw(int(await socket.receive_text()))


@app.websocket("/v2/panel/{operator_id}")
async def panel_asking(socket: WebSocket, operator_id: int):
    await socket.accept()
    while True:
        if not throw_as(operator_id, int(await socket.receive_text())):
            await socket.close(4403)
            return


@app.put("/operators/{operator_id}/level")
def set_level(operator_id: int, level: int, db: Session = Depends(get_db)):
    db.execute(update(Operator).where(Operator.id == operator_id).values(level=level))
    db.commit()
