package fix

import (
	"strings"
	"testing"
	"testing/fstest"
)

// The row that all requests share is of a model that the module which counts has not imported yet.
func TestParentIsImported(t *testing.T) {
	files := fstest.MapFS{
		"bank/models.py": {Data: []byte(`from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Group(Base):
    __tablename__ = "groups"

    id: Mapped[int] = mapped_column(primary_key=True)


class Account(Base):
    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("groups.id"))
`)},
		"bank/accounts.py": {Data: []byte(`from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bank.models import Account


def count(db: Session, group_id: int) -> int:
    return db.scalar(select(func.count()).select_from(Account).where(Account.group_id == group_id))
`)},
		"bank/main.py": {Data: []byte(`from fastapi import FastAPI, HTTPException
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from bank import accounts
from bank.models import Account

engine = create_engine("postgresql+psycopg://localhost/bank")
app = FastAPI()


@app.post("/groups/{group_id}/accounts")
def add(group_id: int):
    with Session(engine) as session:
        if accounts.count(session, group_id) >= 5:
            raise HTTPException(409, "enough of them")
        session.add(Account(group_id=group_id))
        session.commit()
`)},
	}
	tree, report := scanned(t, files)
	plan, err := Make(t.Context(), tree, report, Options{})
	if err != nil {
		t.Fatal(err)
	}
	diff := string(plan.Diff())
	for _, want := range []string{
		"+from bank.models import Account, Group\n",
		"+    db.execute(select(Group.id).where(Group.id == group_id).with_for_update())\n",
	} {
		if !strings.Contains(diff, want) {
			t.Errorf("the diff does not say %q:\n%s", want, diff)
		}
	}
	if len(plan.Repaired) != 1 || len(plan.Open) != 0 {
		t.Errorf("%d repaired; open: %+v", len(plan.Repaired), plan.Open)
	}
}
