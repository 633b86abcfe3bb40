"""A number is reckoned from rows and kept in another one. Who reckoned first may store last, and has not seen the other's row."""
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import ForeignKey, create_engine, func, select, update
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship, sessionmaker

SessionLocal = sessionmaker(create_engine("postgresql+psycopg://localhost/garden"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Seed(Base):
    __tablename__ = "seeds"

    id: Mapped[int] = mapped_column(primary_key=True)
    stars: Mapped[float]
    reviews: Mapped[list["Review"]] = relationship()


class Review(Base):
    __tablename__ = "reviews"

    id: Mapped[int] = mapped_column(primary_key=True)
    seed_id: Mapped[int] = mapped_column(ForeignKey("seeds.id"))
    stars: Mapped[int]


class Report(Base):
    __tablename__ = "reports"

    id: Mapped[int] = mapped_column(primary_key=True)
    reviews: Mapped[int]


def get_db():
    with SessionLocal() as session:
        yield session


DB = Annotated[Session, Depends(get_db)]


@app.post("/seeds/{seed_id}/reviews")
def review(seed_id: int, stars: int, db: DB):
    db.add(Review(seed_id=seed_id, stars=stars))
    db.commit()
    mean = db.scalar(select(func.avg(Review.stars)).where(Review.seed_id == seed_id))  # step MB101 read
    seed = db.get(Seed, seed_id)
    seed.stars = mean  # want MB101 "seeds.stars"
    db.commit()


@app.delete("/reviews/{review_id}")
def withdraw(review_id: int, db: DB):
    gone = db.get(Review, review_id)
    if gone is None:
        raise HTTPException(404)
    seed_id = gone.seed_id
    db.delete(gone)
    db.flush()
    mean = db.scalar(select(func.avg(Review.stars)).where(Review.seed_id == seed_id))
    db.execute(update(Seed).where(Seed.id == seed_id).values(stars=mean))  # want MB101 "seeds.stars"
    db.commit()


@app.post("/seeds/{seed_id}/waiting")
def review_under_lock_ok(seed_id: int, stars: int, db: DB):
    db.add(Review(seed_id=seed_id, stars=stars))
    db.flush()
    seed = db.scalars(select(Seed).where(Seed.id == seed_id).with_for_update()).one()
    seed.stars = db.scalar(select(func.avg(Review.stars)).where(Review.seed_id == seed_id))
    db.commit()


@app.post("/reports/{report_id}")
def report_ok(report_id: int, seed_id: int, stars: int, db: DB):
    db.add(Review(seed_id=seed_id, stars=stars))
    db.commit()
    reviews = db.scalar(select(func.count()).select_from(Review))
    db.execute(update(Report).where(Report.id == report_id).values(reviews=reviews))
    db.commit()


@app.post("/seeds/{seed_id}/stars")
def reckon_only_ok(seed_id: int, db: DB):
    mean = db.scalar(select(func.avg(Review.stars)).where(Review.seed_id == seed_id))
    db.execute(update(Seed).where(Seed.id == seed_id).values(stars=mean))
    db.commit()


@app.post("/seeds/{seed_id}/sums")
def review_and_sum(seed_id: int, stars: int, db: DB):
    db.add(Review(seed_id=seed_id, stars=stars))
    db.commit()
    seed = db.get(Seed, seed_id)
    seed.stars = sum(review.stars for review in seed.reviews)  # want MB101 "seeds.stars"
    db.commit()
