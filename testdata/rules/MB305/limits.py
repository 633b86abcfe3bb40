"""The limits lie in a table, and the attempts in another: limits are set, attempts are counted."""
import uvicorn
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker


class Base(DeclarativeBase):
    pass


class RateLimit(Base):
    __tablename__ = "rate_limits"
    id: Mapped[int] = mapped_column(primary_key=True)
    per_hour: Mapped[int]
    note: Mapped[str]


class RateLimitHit(Base):
    __tablename__ = "rate_limit_hits"
    id: Mapped[int] = mapped_column(primary_key=True)
    who: Mapped[str]


Maker = sessionmaker(create_engine("postgresql://localhost/limits"))


def db():
    with Maker() as session:
        yield session


app = FastAPI()


@app.put("/limits/{id}")
def set_limit(id: int, per_hour: int, note: str, s: Session = Depends(db)):
    limit = s.get(RateLimit, id)
    if limit is None:
        raise HTTPException(404)
    if per_hour > 1000 and per_hour != limit.per_hour:  # want MB101 "per_hour"
        raise HTTPException(422)
    limit.per_hour = per_hour
    limit.note = note
    s.commit()
    return {}


@app.post("/knock/{who}")
def knock(who: str, s: Session = Depends(db)):
    hits = s.scalar(select(func.count()).select_from(RateLimitHit).where(RateLimitHit.who == who))
    if hits >= 5:  # step MB305 check
        raise HTTPException(429)
    s.add(RateLimitHit(who=who))  # want MB305 "limit"
    s.commit()
    return {}


if __name__ == "__main__":
    uvicorn.run(app)
