package scanner

import (
	"strings"
	"testing"

	"github.com/middlebrick/middlebrick/scanner/finding"
)

const soughtModels = `import enum
from typing import Any, Generic, TypeVar
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import Enum, ForeignKey, and_, create_engine, inspect, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

class Base(DeclarativeBase): ...
class State(enum.Enum):
    OPEN = "open"
    DONE = "done"
class Member(Base):
    __tablename__ = "members"
    id: Mapped[int] = mapped_column(primary_key=True)
    club: Mapped[str]
    nick: Mapped[str]
    kind: Mapped[str]
    state: Mapped[State] = mapped_column(Enum(State))
    gone: Mapped[bool] = mapped_column(default=False)
    card: Mapped[str | None]UNIQUE
class Address(Base):
    __tablename__ = "addresses"
    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    email: Mapped[str]

make_session = sessionmaker(create_engine("postgresql+psycopg://localhost/club"))
def db():
    with make_session() as s:
        yield s
app = FastAPI()

def column_of(model, name: str):
    return inspect(model).columns[name]

class Repo:
    def __init__(self, s: Session):
        self.s = s
    def one_by(self, name: str, value: Any):
        return self.s.scalars(select(Member).where(column_of(Member, name) == value)).first()
    def alive(self, **asked):
        q = select(Member).where(Member.gone == False)
        for name, value in asked.items():
            q = q.where(getattr(Member, name) == value)
        return self.s.scalars(q).first()

@app.post("/join")
def join(club: str, nick: str, field: str, s: Session = Depends(db)):
    if LOOK:
        raise HTTPException(409)
    s.add(Member(club=club, nick=nick, kind="guest", state=State.OPEN))
    s.commit()
`

// What is told of a row that was looked for, and how sure it is that nothing keeps a second one out, is no more than what is known of the look.
func TestSought(t *testing.T) {
	const joined = `s.scalars(select(Member).join(Address, Member.id == Address.member_id).where(and_(Address.email == nick, Member.club == club))).first()`
	const unknown = `s.scalars(select(Member).where(getattr(Member, field) == nick)).first()`
	for _, c := range []struct {
		name, look, card string
		want             finding.Severity
		said, advice     string
	}{
		{"a column found by its name", `Repo(s).one_by("nick", nick)`, "", finding.High, "members.nick:", `UniqueConstraint("nick")`},
		{"a mark of those that count", `Repo(s).alive(nick=nick)`, "", finding.High, "members.nick:", `"nick", unique=True, postgresql_where=text("NOT gone")`},
		{"a kind of rows", `s.scalars(select(Member).where(Member.nick == nick, Member.kind == "guest")).first()`, "", finding.High, "members.nick, kind:", `"nick", unique=True, postgresql_where=text("kind = 'guest'")`},
		{"a state that may be kept by its name", `s.scalars(select(Member).where(Member.nick == nick, Member.state == State.OPEN)).first()`, "", finding.High, "members.nick, state:", "that covers what is looked for"},
		{"another table, and no key", joined, "", finding.High, "race on members:", "that covers what is looked for"},
		{"another table, and a key", joined, " = mapped_column(unique=True)", finding.Medium, "race on members:", "that covers what is looked for"},
		{"any column, and no key", unknown, "", finding.High, "race on members:", "that covers what is looked for"},
		{"any column, and a key over another value", unknown, " = mapped_column(unique=True)", finding.High, "race on members:", "that covers what is looked for"},
	} {
		t.Run(c.name, func(t *testing.T) {
			src := strings.NewReplacer("LOOK", c.look, "UNIQUE", c.card).Replace(soughtModels)
			for _, f := range scanText(t, src).Findings {
				if f.Rule != "MB103" {
					continue
				}
				if f.Severity != c.want || !strings.Contains(f.Description, c.said) || !strings.Contains(f.Remediation, c.advice) {
					t.Errorf("got %s %q, %q", f.Severity, f.Description, f.Remediation)
				}
				return
			}
			t.Error("not found")
		})
	}
}

// TestLostByAWholeSave wants the columns that are lost: those that the rival changes and a save of the whole row puts back, not the ones
// that were looked at.
func TestLostByAWholeSave(t *testing.T) {
	report := scanText(t, `from fastapi import FastAPI, HTTPException
from tortoise import fields, Model

class Member(Model):
    id = fields.IntField(primary_key=True)
    active = fields.BooleanField()
    nick = fields.TextField()
    card = fields.TextField()
app = FastAPI()

@app.put("/members/{id}/nick")
async def rename(id: int, nick: str):
    member = await Member.get(id=id)
    if not member.active:
        raise HTTPException(403)
    member.nick = nick
    await member.save()

@app.put("/members/{id}/card")
async def give(id: int, card: str):
    await Member.filter(id=id).update(card=card)
`)
	for _, f := range report.Findings {
		if f.Rule == "MB101" && strings.Contains(f.Description, "member.card:") {
			return
		}
		t.Errorf("%s: %s", f.Rule, f.Description)
	}
	t.Error("the lost card is not found")
}
