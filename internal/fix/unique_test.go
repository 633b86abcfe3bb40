package fix

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/middlebrick/middlebrick/scanner"
	"github.com/middlebrick/middlebrick/scanner/source"
)

// club is an application with migrations, in which a member can join twice.
var club = map[string]string{
	"club/models.py": `from sqlalchemy import String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Member(Base):
    __tablename__ = "members"

    id: Mapped[int] = mapped_column(primary_key=True)
    club: Mapped[str] = mapped_column(String(40))
    email: Mapped[str] = mapped_column(String(200))
`,
	"club/main.py": `from fastapi import FastAPI, HTTPException
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from club.models import Member

engine = create_engine("postgresql+psycopg://localhost/club")
app = FastAPI()


@app.post("/clubs/{club}/members")
def join(club: str, email: str):
    with Session(engine) as session:
        if session.scalar(select(Member).where(Member.club == club, Member.email == email)):
            raise HTTPException(409, "a member already")
        session.add(Member(club=club, email=email))
        session.commit()
`,
	"migrations/versions/0007_members.py": `import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = None


def upgrade():
    op.create_table(
        "members",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("club", sa.String(40), nullable=False),
        sa.Column("email", sa.String(200), nullable=False),
    )
`,
}

// A missing constraint is declared in the model, created by a new revision, and its error is handled as the check does.
func TestUnique(t *testing.T) {
	dir := t.TempDir()
	for path, text := range club {
		if err := os.MkdirAll(filepath.Join(dir, filepath.Dir(path)), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, path), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	scan := func() (*source.Tree, []string) {
		tree, err := source.Open(dir, source.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { tree.Close() })
		report, err := scanner.Scan(t.Context(), tree, scanner.Options{})
		if err != nil {
			t.Fatal(err)
		}
		var rules []string
		for _, f := range report.Findings {
			rules = append(rules, f.Rule)
		}
		return tree, rules
	}
	tree, rules := scan()
	if strings.Join(rules, " ") != "MB103" {
		t.Fatalf("found %v", rules)
	}
	report, err := scanner.Scan(t.Context(), tree, scanner.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, unsafe := range []bool{false, true} {
		plan, err := Make(t.Context(), tree, report, Options{Unsafe: unsafe})
		if err != nil {
			t.Fatal(err)
		}
		if len(plan.Repaired) == 1 != unsafe {
			t.Fatalf("unsafe %t: %d repaired; open: %+v", unsafe, len(plan.Repaired), plan.Open)
		}
		if !unsafe {
			continue
		}
		diff := string(plan.Diff())
		for _, want := range []string{
			"--- /dev/null\n+++ b/migrations/versions/0008_uq_members_club_email.py\n",
			"+revision = \"0008\"\n+down_revision = \"0007\"\n",
			"+    op.create_unique_constraint(\"uq_members_club_email\", \"members\", [\"club\", \"email\"])\n",
			"+from sqlalchemy import String, UniqueConstraint\n",
			"+    __table_args__ = (UniqueConstraint(\"club\", \"email\", name=\"uq_members_club_email\"),)\n",
			"+        except IntegrityError:\n+            session.rollback()\n+            raise HTTPException(409, \"a member already\") from None\n",
		} {
			if !strings.Contains(diff, want) {
				t.Errorf("the diff does not say %q:\n%s", want, diff)
			}
		}
		if err := plan.Write(dir); err != nil {
			t.Fatal(err)
		}
		if err := plan.Write(dir); err == nil || !strings.Contains(err.Error(), "changed since it was scanned") {
			t.Errorf("written twice: %v", err)
		}
	}
	if _, rules := scan(); len(rules) > 0 {
		t.Errorf("after the repair: %v", rules)
	}
}

// What a table allows is changed by one repair at a time: each revision follows the one before, and none is kept for what another one ended.
func TestConstraintsOneByOne(t *testing.T) {
	files := fstest.MapFS{}
	for path, text := range club {
		for _, twice := range []bool{false, true} {
			second := strings.NewReplacer("Member", "Guest", "member", "guest").Replace
			switch {
			case !twice:
			case path == "club/models.py":
				text += "\n\n" + second(text[strings.Index(text, "class Member"):])
			case path == "club/main.py":
				text = strings.Replace(text, "import Member", "import Guest, Member", 1) + "\n\n" + second(text[strings.Index(text, "@app"):])
			default:
				text += second(text[strings.Index(text, "    op.create_table"):])
			}
		}
		files[path] = &fstest.MapFile{Data: []byte(text)}
	}
	tree, report := scanned(t, files)
	plan, err := Make(t.Context(), tree, report, Options{Unsafe: true})
	if err != nil {
		t.Fatal(err)
	}
	diff := string(plan.Diff())
	for _, want := range []string{"+down_revision = \"0007\"\n", "+down_revision = \"0008\"\n", "\"uq_members_club_email\", \"members\"", "\"uq_guests_club_email\", \"guests\""} {
		if strings.Count(diff, want) == 0 {
			t.Errorf("the diff does not say %q:\n%s", want, diff)
		}
	}
	if len(plan.Repaired) != 2 {
		t.Errorf("%d repaired; open: %+v", len(plan.Repaired), plan.Open)
	}
}

// Where each service of a repository has migrations of its own, the new revision follows the one beside the model.
func TestConstraintOfAService(t *testing.T) {
	files := fstest.MapFS{
		"shop/migrations/versions/0003_goods.py": {Data: []byte("revision = \"0003\"\ndown_revision = None\n\n\ndef upgrade():\n    pass\n")},
		"clubs/migrations/versions/0005_base.py": {Data: []byte("revision = \"0005\"\ndown_revision = None\n\n\ndef upgrade():\n    pass\n")},
		"clubs/migrations/versions/by_hand.py":   {Data: []byte("revision = \"by_hand\"\ndown_revision = None\n\n\ndef upgrade():\n    pass\n")},
	}
	for path, text := range club {
		text = strings.Replace(text, "down_revision = None", "down_revision = \"0005\"", 1)
		files["clubs/"+path] = &fstest.MapFile{Data: []byte(text)}
	}
	tree, report := scanned(t, files)
	plan, err := Make(t.Context(), tree, report, Options{Unsafe: true})
	if err != nil {
		t.Fatal(err)
	}
	if diff := string(plan.Diff()); !strings.Contains(diff, "+++ b/clubs/migrations/versions/0008_uq_members_club_email.py\n") {
		t.Errorf("no revision beside the model:\n%s\nopen: %+v", diff, plan.Open)
	}
}

// A revision that follows several heads of one folder joins them again.
func TestConstraintAfterTwoHeads(t *testing.T) {
	files := fstest.MapFS{}
	for path, text := range club {
		files[path] = &fstest.MapFile{Data: []byte(text)}
	}
	for _, id := range []string{"0008", "0009"} {
		files["migrations/versions/"+id+"_branch.py"] = &fstest.MapFile{Data: []byte("revision = \"" + id + "\"\ndown_revision = \"0007\"\n\n\ndef upgrade():\n    pass\n")}
	}
	tree, report := scanned(t, files)
	plan, err := Make(t.Context(), tree, report, Options{Unsafe: true})
	if err != nil {
		t.Fatal(err)
	}
	compiles(t, plan.New)
	if diff := string(plan.Diff()); !strings.Contains(diff, "+revision = \"0010\"\n+down_revision = (\"0008\", \"0009\")\n") {
		t.Errorf("the heads are not joined:\n%s\nopen: %+v", diff, plan.Open)
	}
}

// SQLite gets an index from the revision, and the model declares the same one.
func TestConstraintOfSQLite(t *testing.T) {
	files := fstest.MapFS{}
	for path, text := range club {
		files[path] = &fstest.MapFile{Data: []byte(strings.Replace(text, "postgresql+psycopg://localhost/club", "sqlite:///club.db", 1))}
	}
	tree, report := scanned(t, files)
	plan, err := Make(t.Context(), tree, report, Options{Unsafe: true})
	if err != nil {
		t.Fatal(err)
	}
	compiles(t, plan.New)
	diff := string(plan.Diff())
	for _, want := range []string{
		"+    __table_args__ = (Index(\"uq_members_club_email\", \"club\", \"email\", unique=True),)\n",
		"+from sqlalchemy import Index, String\n",
		"+    op.create_index(\"uq_members_club_email\", \"members\", [\"club\", \"email\"], unique=True)\n",
	} {
		if !strings.Contains(diff, want) {
			t.Errorf("the diff does not say %q:\n%s\nopen: %+v", want, diff, plan.Open)
		}
	}
}

// A name joins the list in brackets that its module is imported by, however the list is set.
func TestConstraintImportedInBrackets(t *testing.T) {
	for list, want := range map[string]string{
		"(String)":           "(String, UniqueConstraint)",
		"(Integer, String,)": "(Integer, String, UniqueConstraint,)",
		"(\n    Date, Integer,\n    Numeric, String\n)":  "(\n    Date, Integer,\n    Numeric, String, UniqueConstraint\n)",
		"(Date, Integer,\n             Numeric, String)": "(Date, Integer,\n             Numeric, String, UniqueConstraint)",
		"(\n    Integer,\n    String\n)":                 "(\n    Integer,\n    String,\n    UniqueConstraint\n)",
		"(\n    Integer,\n    String,\n)":                "(\n    Integer,\n    String,\n    UniqueConstraint,\n)",
		"(\n    BigInteger, Boolean, CheckConstraint, Column, Date, DateTime, ForeignKey, Integer, String\n)": "(\n    BigInteger, Boolean, CheckConstraint, Column, Date, DateTime, ForeignKey, Integer, String,\n    UniqueConstraint\n)",
	} {
		files := fstest.MapFS{}
		for path, text := range club {
			files[path] = &fstest.MapFile{Data: []byte(strings.Replace(text, "import String\n", "import "+list+"\n", 1))}
		}
		tree, report := scanned(t, files)
		plan, err := Make(t.Context(), tree, report, Options{Unsafe: true})
		if err != nil {
			t.Fatal(err)
		}
		compiles(t, plan.New)
		if text := string(plan.New["club/models.py"]); !strings.Contains(text, "from sqlalchemy import "+want+"\n") {
			t.Errorf("%q became\n%s", list, text)
		}
	}
}
