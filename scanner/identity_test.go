package scanner

import (
	"context"
	"slices"
	"strings"
	"testing"
)

// TestOrderOfRoutes wants of one decision on who is asking, on the strength of which routes do different things, the same fingerprint
// whichever of them stands first.
func TestOrderOfRoutes(t *testing.T) {
	head := `import httpx
from fastapi import Depends, FastAPI, HTTPException, Security
from fastapi.security import OAuth2PasswordBearer
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/news"), expire_on_commit=False)
app = FastAPI()
token = OAuth2PasswordBearer(tokenUrl="token")


class Base(DeclarativeBase):
    pass


class Account(Base):
    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(unique=True)
    is_active: Mapped[bool] = mapped_column(default=True)


class Story(Base):
    __tablename__ = "stories"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]


async def get_db():
    async with Session() as session:
        yield session


async def active_account(db: AsyncSession = Depends(get_db), value: str = Security(token)) -> Account:
    account = await db.scalar(select(Account).where(Account.token == value))
    if account is None or not account.is_active:
        raise HTTPException(401)
    return account


@app.post("/accounts/{account_id}/block")
async def block(account_id: int, db: AsyncSession = Depends(get_db)):
    await db.execute(update(Account).where(Account.id == account_id).values(is_active=False))
    await db.commit()


async def review(text: str) -> bool:
    async with httpx.AsyncClient(timeout=300) as client:
        return (await client.post("https://review.example/check", json={"text": text})).json()["ok"]
`
	route := func(name, deed string) string {
		return strings.NewReplacer("NAME", name, "DEED", deed).Replace(`

@app.post("/NAME/{story_id}")
async def NAME(story_id: int, text: str, account: Account = Depends(active_account), db: AsyncSession = Depends(get_db)):
    if not await review(text):
        raise HTTPException(400)
    DEED
    await db.commit()
`)
	}
	write := route("write", "db.add(Story(text=text))")
	mend := route("mend", "await db.execute(update(Story).where(Story.id == story_id).values(text=text))")
	drop := route("drop", "await db.execute(delete(Story).where(Story.id == story_id))")
	var want []string
	for i, routes := range []string{write + mend + drop, mend + drop + write, drop + write + mend} {
		r, err := Scan(context.Background(), grown{"main.py": head + routes}.tree(t), Options{})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range r.Findings {
			got = append(got, f.Rule+" "+f.Fingerprint.Race)
		}
		if slices.Sort(got); i == 0 {
			want = got
		}
		if len(got) == 0 || !slices.Equal(got, want) {
			t.Errorf("order %d: %v, want %v", i, got, want)
		}
	}
}
