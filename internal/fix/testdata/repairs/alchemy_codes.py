from datetime import datetime

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import ForeignKey, create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

engine = create_engine("sqlite:///shop.db")
new_session = sessionmaker(engine)
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Account(Base):
    __tablename__ = "accounts"
    id: Mapped[int] = mapped_column(primary_key=True)
    password: Mapped[str]


class RecoveryCode(Base):
    __tablename__ = "recovery_codes"
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    used: Mapped[bool] = mapped_column(default=False)
    expires_at: Mapped[datetime]


def get_db():
    with new_session() as db:
        yield db


# Who the code belongs to and when it ends are looked at and never changed: they are no part of the statement, and neither is a column of the
# code one of the account. Used up is what the check calls it.
@app.post("/recover")
def recover(account_id: int, code_id: int, password: str, db: Session = Depends(get_db)):
    account = db.get(Account, account_id)
    code = db.get(RecoveryCode, code_id)
    if account is None or code is None or code.account_id != account.id:
        raise HTTPException(404, "no such code")
    if code.used or code.expires_at < datetime.now():
        raise HTTPException(400, "the code is used up")
    account.password = password
    code.used = True
    db.commit()


@app.delete("/accounts/{account_id}")
def remove(account_id: int, db: Session = Depends(get_db)):
    account = db.get(Account, account_id)
    if account is None:
        raise HTTPException(404, "no such account")
    db.delete(account)
    db.commit()
