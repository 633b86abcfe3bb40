from fastapi import Depends, FastAPI
from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

factory = sessionmaker(create_engine("postgresql+psycopg://localhost/subscriptions"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Subscription(Base):
    __tablename__ = "subscriptions"

    id: Mapped[int] = mapped_column(primary_key=True)
    team: Mapped[int] = mapped_column(unique=True)
    months: Mapped[int] = mapped_column(default=0)


def get_db():
    with factory() as db:
        yield db


def of_team(db: Session, team: int):
    return db.scalar(select(Subscription).where(Subscription.team == team))


@app.get("/teams/{team}/subscription")
def show(team: int, db: Session = Depends(get_db)):
    return of_team(db, team)


@app.post("/teams/{team}/subscription")
def extend(team: int, months: int, db: Session = Depends(get_db)):
    subscription = of_team(db, team)
    if not subscription:
        subscription = Subscription(team=team)
        db.add(subscription)
        db.flush()
    total = subscription.months
    subscription.months = min(total + months, 24)
    db.commit()
