from contextlib import contextmanager

from sqlalchemy import Column, Integer, String, create_engine
from sqlalchemy.orm import declarative_base, sessionmaker

Base = declarative_base()
SessionLocal = sessionmaker(create_engine("postgresql+psycopg2://localhost/desks"), expire_on_commit=False)


@contextmanager
def session_scope():
    session = SessionLocal()
    try:
        yield session
        session.commit()
    except Exception:
        session.rollback()
        raise
    finally:
        session.close()


class Desk(Base):
    __tablename__ = "desks"

    id = Column(Integer, primary_key=True)
    occupant = Column(String(60))


class DesksTable:
    def get(self, desk_id: int):
        with session_scope() as session:
            return session.get(Desk, desk_id)  # step MB117 read

    def set_occupant(self, desk_id: int, occupant: str) -> None:
        with session_scope() as session:
            session.query(Desk).filter_by(id=desk_id).update({"occupant": occupant})  # want MB117 "occupant"

    def occupy_if_free(self, desk_id: int, occupant: str) -> bool:
        with session_scope() as session:
            free = session.query(Desk).filter(Desk.id == desk_id, Desk.occupant.is_(None))
            return free.update({"occupant": occupant}, synchronize_session=False) == 1


Desks = DesksTable()
