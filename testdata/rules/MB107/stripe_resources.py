"""Money that moves by the class methods of Stripe's library, in a job that is given a row."""
import stripe as stripe_api
from celery import shared_task
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

SessionLocal = sessionmaker(create_engine("postgresql+psycopg://localhost/royalties"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Royalty(Base):
    __tablename__ = "royalties"

    id: Mapped[int] = mapped_column(primary_key=True)
    cents: Mapped[int]
    account: Mapped[str]
    standing: Mapped[str] = mapped_column(default="due")


def get_db():
    with SessionLocal() as session:
        yield session


class Royalties:
    def __init__(self, session: Session):
        self.session = session

    def find(self, royalty_id: int, lock: bool = False) -> Royalty | None:
        query = select(Royalty).where(Royalty.id == royalty_id)
        return self.session.scalar(query.with_for_update() if lock else query)

    def send(self, royalty: Royalty) -> None:
        if royalty.standing == "withdrawn":  # step MB107 check
            raise ValueError("withdrawn")
        stripe_api.Transfer.create(amount=royalty.cents, currency="eur", destination=royalty.account)  # want MB107 "standing"

    def send_under_lock(self, royalty_id: int) -> None:
        royalty = self.find(royalty_id, lock=True)
        if royalty is None or royalty.standing == "withdrawn":
            raise ValueError("withdrawn")
        stripe_api.Transfer.create(amount=royalty.cents, currency="eur", destination=royalty.account)

    def send_once(self, royalty: Royalty) -> None:
        if royalty.standing == "withdrawn":
            raise ValueError("withdrawn")
        stripe_api.Transfer.create(
            amount=royalty.cents, currency="eur", destination=royalty.account, idempotency_key=f"royalty-{royalty.id}"
        )

    def balance(self, royalty: Royalty) -> int:
        if royalty.standing == "withdrawn":
            return 0
        return stripe_api.Balance.retrieve(stripe_account=royalty.account).available


@shared_task
def send_royalty(royalty_id: int) -> None:
    with SessionLocal() as session:
        royalties = Royalties(session)
        royalty = royalties.find(royalty_id)  # step MB107 read
        if royalty is None:
            return
        royalties.send(royalty)  # step MB107 check
        session.commit()


@shared_task
def send_royalty_under_lock(royalty_id: int) -> None:
    with SessionLocal() as session:
        Royalties(session).send_under_lock(royalty_id)
        session.commit()


@app.post("/royalties/{royalty_id}/balance")
def show_balance(royalty_id: int, session: Session = Depends(get_db)):
    royalties = Royalties(session)
    royalty = royalties.find(royalty_id)
    if royalty is None:
        raise HTTPException(404)
    return royalties.balance(royalty)


@app.post("/royalties/{royalty_id}/once")
def once(royalty_id: int, session: Session = Depends(get_db)):
    royalties = Royalties(session)
    royalty = royalties.find(royalty_id)
    if royalty is None:
        raise HTTPException(404)
    royalties.send_once(royalty)


@app.post("/royalties/{royalty_id}/withdraw")
def withdraw(royalty_id: int, session: Session = Depends(get_db)):
    royalty = Royalties(session).find(royalty_id, lock=True)
    if royalty is None:
        raise HTTPException(404)
    royalty.standing = "withdrawn"
    session.commit()
