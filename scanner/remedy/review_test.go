package remedy_test

import (
	"strings"
	"testing"
)

const ledger = `import logging
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import ForeignKey, UniqueConstraint, create_engine, func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

factory = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/ledger"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Account(Base):
    __tablename__ = "accounts"
    id: Mapped[int] = mapped_column(primary_key=True)
    balance: Mapped[int]
    state: Mapped[str]


class Owner(Base):
    __tablename__ = "owners"
    __table_args__ = (
        # the key of the parent
        UniqueConstraint("id", "account_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    name: Mapped[str]
    kind: Mapped[str]
    account: Mapped[Account] = relationship()


class Card(Base):
    __tablename__ = "cards"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    limit: Mapped[int]


async def get_db():
    async with factory() as session:
        yield session
`

// What a reviewer would not let pass.
func TestAChangeAsAReviewerWantsIt(t *testing.T) {
	for _, c := range []struct{ name, source, want, not string }{
		{"a row behind a relationship is refreshed by name, and waited for", ledger + `
async def pay(session: AsyncSession, account: Account, amount: int):
    if account.state != "open":
        raise HTTPException(409)
    account.state = "paid"
@app.post("/owners/{owner_id}/pay")
async def pay_owner(owner_id: int, amount: int, session: AsyncSession = Depends(get_db)):
    owner = await session.get(Owner, owner_id)
    await pay(session, owner.account, amount)
    await session.commit()
`, "    await session.refresh(account, with_for_update=True)\n    if account.state", "refresh(owner"},
		{"a row that is asked by a property of its own", strings.Replace(ledger, "    state: Mapped[str]\n", "    state: Mapped[str]\n    @property\n    def is_open(self):\n        return self.state == \"open\"\n", 1) + `
async def one(session: AsyncSession, table, key: int):
    return await session.get(table, key)
@app.get("/owners/{owner_id}")
async def owner(owner_id: int, session: AsyncSession = Depends(get_db)):
    return (await one(session, Owner, owner_id)).name
@app.post("/accounts/{account_id}/close")
async def close(account_id: int, session: AsyncSession = Depends(get_db)):
    account = await one(session, Account, account_id)
    if account.is_open:
        account.state = "closed"
    await session.commit()
`, "    await session.refresh(account, with_for_update=True)\n    if account.is_open", ""},
		{"what dereferences it needs no test for None", ledger + `
@app.post("/accounts/{account_id}/close")
async def close(account_id: int, session: AsyncSession = Depends(get_db)):
    account = await session.get(Account, account_id)
    if account.state != "open":
        raise HTTPException(409)
    account.state = "closed"
    await session.commit()
@app.get("/accounts/{account_id}")
async def show(account_id: int, session: AsyncSession = Depends(get_db)):
    return (await session.get(Account, account_id)).state
`, "    account = await session.get(Account, account_id, with_for_update=True)", "is not None:\n        await session.refresh"},
		{"a refusal that is about something else", ledger + `
@app.put("/cards/{number}")
async def put(number: str, limit: int, session: AsyncSession = Depends(get_db)):
    card = await session.scalar(select(Card).where(Card.number == number))
    if card and card.limit > limit:
        raise HTTPException(409, "only upwards")
    session.add(Card(number=number, limit=limit))
    await session.commit()
`, "", "only upwards"},
		{"a refusal of what is not there", ledger + `
@app.put("/cards/{number}")
async def put(number: str, limit: int, session: AsyncSession = Depends(get_db)):
    card = await session.scalar(select(Card).where(Card.number == number))
    if not card:
        if limit < 10:
            raise HTTPException(404, "no such card")
        session.add(Card(number=number, limit=limit))
    await session.commit()
`, "", "no such card"},
		{"a name that would be unbound", ledger + `
async def make(session: AsyncSession, number: str):
    card = Card(number=number, limit=0)
    session.add(card)
    await session.flush()
    return card, True
@app.put("/cards/{number}")
async def put(number: str, session: AsyncSession = Depends(get_db)):
    card = await session.scalar(select(Card).where(Card.number == number))
    if card is None:
        card, made = await make(session, number)
    else:
        made = False
    await session.commit()
    return made
`, "", "except IntegrityError"},
		{"a constraint on what is only one of several conditions", ledger + `
@app.post("/owners")
async def add(name: str, account_id: int, session: AsyncSession = Depends(get_db)):
    owners = (await session.scalars(select(Owner).where(Owner.account_id == account_id))).all()
    if any(o.kind == "main" for o in owners):
        raise HTTPException(409)
    session.add(Owner(name=name, account_id=account_id, kind="main"))
    await session.commit()
`, "", `"uq_owners_account_id"`},
		{"a number that may be missing is counted by the database", strings.Replace(ledger, "    limit: Mapped[int]", "    limit: Mapped[int | None]", 1) + `
@app.post("/cards/{card_id}/raise")
async def more(card_id: int, session: AsyncSession = Depends(get_db)):
    card = await session.get(Card, card_id)
    if card is None:
        raise HTTPException(404)
    card.limit = (card.limit or 0) + 1
    await session.commit()
`, "    card.limit = func.coalesce(Card.limit, 0) + 1\n", ""},
		{"and one that may not, plainly", ledger + `
@app.post("/accounts/{account_id}/pay")
async def pay(account_id: int, amount: int, session: AsyncSession = Depends(get_db)):
    account = await session.get(Account, account_id)
    account.balance = (account.balance or 0) - amount
    await session.commit()
`, "    account.balance = Account.balance - amount\n", ""},
		{"a number that begins with another one is not", ledger + `
@app.post("/accounts/{account_id}/pay")
async def pay(account_id: int, session: AsyncSession = Depends(get_db)):
    account = await session.get(Account, account_id)
    account.balance = (account.balance or 1) + 1
    await session.commit()
`, "", "Account.balance"},
		{"an import among its own kind", ledger + `
@app.post("/cards")
async def add(number: str, session: AsyncSession = Depends(get_db)):
    if await session.scalar(select(Card).where(Card.number == number)):
        raise HTTPException(409)
    session.add(Card(number=number, limit=0))
    await session.commit()
`, "from sqlalchemy.exc import IntegrityError\nfrom sqlalchemy.ext.asyncio", ""},
		{"a constraint behind the others", ledger + `
@app.post("/owners")
async def add(name: str, account_id: int, session: AsyncSession = Depends(get_db)):
    if await session.scalar(select(Owner).where(Owner.name == name)):
        raise HTTPException(409)
    session.add(Owner(name=name, account_id=account_id, kind=""))
    await session.commit()
`, "        UniqueConstraint(\"id\", \"account_id\"),\n        UniqueConstraint(\"name\", name=\"uq_owners_name\"),\n", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := proposed(t, c.source)
			if !strings.Contains(text, c.want) {
				t.Errorf("%q is not proposed:\n%s", c.want, text)
			}
			if c.not != "" && strings.Contains(text, c.not) {
				t.Errorf("%q is proposed:\n%s", c.not, text)
			}
		})
	}
}
