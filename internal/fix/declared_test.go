package fix

import (
	"strings"
	"testing"
	"testing/fstest"
)

// A constraint is declared wherever the model can have it, and its violation answered where something is around the insert already.
func TestConstraintHoweverTheProjectIsWritten(t *testing.T) {
	for _, c := range []struct {
		name     string
		from, to []string
		want     []string
	}{
		{"options alone", []string{"\"members\"\n\n    id"}, []string{"\"members\"\n    __table_args__ = {\"schema\": \"sports\"}\n\n    id"}, []string{
			"+    __table_args__ = (UniqueConstraint(\"club\", \"email\", name=\"uq_members_club_email\"), {\"schema\": \"sports\"})\n",
			"+    op.create_unique_constraint(\"uq_members_club_email\", \"members\", [\"club\", \"email\"], schema=\"sports\")\n",
			"+    op.drop_constraint(\"uq_members_club_email\", \"members\", type_=\"unique\", schema=\"sports\")\n",
		}},
		{"a line of its own that would be too long", []string{"\"members\"\n\n    id", "import String\n", "email"},
			[]string{"\"members\"\n    __table_args__ = (\n        Index(\"ix_members_club\", \"club\"),\n    )\n\n    id", "import Index, String\n", "electronic_mail_address_as_given"},
			[]string{"+        UniqueConstraint(\n+            \"club\",\n+            \"electronic_mail_address_as_given\",\n+            name=\"uq_members_club_electronic_mail_address_as_given\",\n+        ),\n"}},
		{"the base names the table", []string{"    pass\n", "    __tablename__ = \"members\"\n\n"},
			[]string{"    @declared_attr.directive\n    def __tablename__(cls):\n        return cls.__name__.lower() + \"s\"\n", ""},
			[]string{"+    __table_args__ = (UniqueConstraint(\"club\", \"email\", name=\"uq_members_club_email\"),)\n+\n     id:"}},
		{"behind what the model says of itself", []string{"    pass\n", "    __tablename__ = \"members\"\n"},
			[]string{"    @declared_attr.directive\n    def __tablename__(cls):\n        return cls.__name__.lower() + \"s\"\n", "    \"\"\"Who is in.\"\"\"\n"},
			[]string{"+    __table_args__ = (UniqueConstraint("}},
		{"a clause for the violation", []string{"        session.commit()\n"},
			[]string{"        try:\n            session.commit()\n        except IntegrityError:\n            raise HTTPException(409, \"twice\")\n"},
			[]string{"+    __table_args__ = ("}},
		{"a clause for any exception", []string{"        session.add(", "        session.commit()\n"},
			[]string{"        try:\n          session.add(", "          session.commit()\n        except Exception as e:\n            session.rollback()\n            raise HTTPException(500, \"failed\") from e\n"},
			[]string{"+        except IntegrityError:\n+            session.rollback()\n+            raise HTTPException(409, \"a member already\") from None\n         except Exception as e:\n"}},
		{"another one commits", []string{"    with Session(engine) as session:\n", "        session.commit()\n", "email: str):\n", "@app"},
			[]string{"    if True:\n", "", "email: str, session: Session = Depends(get_session)):\n", "def get_session():\n    with Session(engine) as session:\n        yield session\n        session.commit()\n\n\n@app"},
			[]string{"+        try:\n+            session.add(Member(club=club, email=email))\n+            session.flush()\n+        except IntegrityError:\n"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := fstest.MapFS{}
			for path, text := range club {
				for i := range c.from {
					text = strings.ReplaceAll(text, c.from[i], c.to[i])
				}
				text = strings.NewReplacer("import FastAPI,", "import Depends, FastAPI,", "import Session\n", "import Session\nfrom sqlalchemy.exc import IntegrityError\n",
					"Mapped, mapped_column\n", "Mapped, declared_attr, mapped_column\n").Replace(text)
				files[path] = &fstest.MapFile{Data: []byte(text)}
			}
			tree, report := scanned(t, files)
			plan, err := Make(t.Context(), tree, report, Options{Unsafe: true})
			if err != nil {
				t.Fatal(err)
			}
			compiles(t, plan.New)
			diff := string(plan.Diff())
			for _, want := range c.want {
				if !strings.Contains(diff, want) {
					t.Errorf("the diff does not say %q:\n%s\nopen: %+v", want, diff, plan.Open)
				}
			}
			if c.name == "a clause for the violation" && strings.Contains(diff, "b/club/main.py") {
				t.Errorf("what answers already is changed:\n%s", diff)
			}
		})
	}
}

// Where two folders have revisions, the new one follows those of the folder that makes the table.
func TestConstraintWhereTheTableIsMade(t *testing.T) {
	files := fstest.MapFS{
		"hosting/versions/0001_hosts.py": {Data: []byte("revision = \"0001\"\ndown_revision = None\n\n\ndef upgrade():\n    pass\n")},
	}
	for path, text := range club {
		files[strings.Replace(path, "club/", "src/club/", 1)] = &fstest.MapFile{Data: []byte(text)}
	}
	tree, report := scanned(t, files)
	plan, err := Make(t.Context(), tree, report, Options{Unsafe: true})
	if err != nil {
		t.Fatal(err)
	}
	if diff := string(plan.Diff()); !strings.Contains(diff, "+++ b/migrations/versions/0008_uq_members_club_email.py\n") {
		t.Errorf("no revision beside the one that makes the table:\n%s\nopen: %+v", diff, plan.Open)
	}
}
