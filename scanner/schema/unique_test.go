package schema

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"testing"
)

const keyed = `
-- m.py --
from sqlalchemy import Column, ForeignKey, Index, Integer, String, UniqueConstraint, func, text
from sqlalchemy.orm import declarative_base, relationship
from sqlalchemy.dialects.postgresql import CITEXT
Base = declarative_base()

class Team(Base):
    __tablename__ = "teams"
    id = Column(Integer, primary_key=True)

class Invite(Base):
    __tablename__ = "invites"
    id = Column(Integer, primary_key=True)
    team_id = Column(Integer, ForeignKey("teams.id"), nullable=False)
    team = relationship("Team")
    mail = Column("email", String, nullable=False)
    token = Column(String, unique=True)
    login = Column(CITEXT, unique=True, nullable=False)
    slug = Column(String, nullable=False)
    state = Column(String, nullable=False)
    deleted_at = Column(String)
    slot = Column(Integer, nullable=False)
    done = Column(String)
    __table_args__ = (
        UniqueConstraint("team_id", "email", name="uq"),
        Index("a", func.lower(slug), unique=True),
        Index("b", "state", unique=True, postgresql_where=text("state = 'open'")),
        Index("d", "slot", unique=True, sqlite_where=done.is_(False)),
        Index("c", "team_id", "slug", unique=True, postgresql_where=text("deleted_at IS NULL")),
    )
`

func TestUniqueOn(t *testing.T) {
	table := load(t, keyed).Tables["invites"]
	for _, c := range []struct {
		cols  []string
		where []string
		want  string // name of the key, "" when none guarantees it
	}{
		{[]string{"team_id", "email"}, nil, "uq"},
		{[]string{"email", "team_id", "state"}, nil, "uq"}, // a key over some of the checked columns is enough
		{[]string{"team_id", "mail"}, nil, "uq"},           // by the attribute's name
		{[]string{"team", "mail"}, nil, "uq"},              // by the relationship
		{[]string{"email"}, nil, ""},                       // a key over more is not
		{[]string{"lower(email)", "team_id"}, nil, ""},     // the key tells Ann from ann, the check does not
		{[]string{"lower(slug)"}, nil, "a"},
		{[]string{"Lower( slug )"}, nil, "a"},
		{[]string{"upper(slug)"}, nil, ""},
		{[]string{"slug"}, nil, "a"}, // equal slugs are equal in lower case
		{[]string{"login"}, nil, "."},
		{[]string{"lower(login)"}, nil, "."}, // citext
		{[]string{"state"}, nil, "b"},        // predicate on the checked column
		{[]string{"state"}, []string{"state='open'"}, "b"},
		{[]string{"state"}, []string{"state='shut'"}, ""},
		{[]string{"slot"}, []string{"not done"}, "d"}, // the index says done IS FALSE
		{[]string{"slot"}, []string{"done"}, ""},
		{[]string{"slot"}, nil, ""},
		{[]string{"team_id", "slug"}, []string{"deleted_at IS NULL"}, "c"},
		{[]string{"id"}, nil, "."},
		{nil, nil, ""},
	} {
		k, ok := table.UniqueWhere(c.cols, c.where)
		got := ""
		if ok {
			if got = k.Name; got == "" {
				got = "."
			}
		}
		if c.want == "c" && got == "a" { // both hold; a has no exception
			got = "c"
		}
		if got != c.want {
			t.Errorf("%v %v: key %q, want %q", c.cols, c.where, got, c.want)
		}
	}
	if k, ok := table.UniqueOn([]string{"token"}); !ok || len(k.Nullable) != 1 {
		t.Errorf("token: the key must be found and its NULL noted: %v %+v", ok, k)
	}
}

func TestKeysFor(t *testing.T) {
	table := load(t, keyed).Tables["invites"]
	for _, c := range []struct {
		row  map[string]string
		want string // of the keys state, slot, team_id+slug, which are partial
	}{
		{map[string]string{"state": "'open'", "slot": "", "done": "False"}, "state slot team_id+slug"},
		{map[string]string{"state": "'shut'", "done": "True"}, "team_id+slug"},
		{map[string]string{"state": "", "done": ""}, "state slot team_id+slug"}, // not known: it can
		{map[string]string{"state": "", "done": "", "deleted_at": "'now'"}, "state slot"},
		{map[string]string{"state": "''"}, "team_id+slug"}, // done is left out and becomes NULL, which is not false
	} {
		keys := table.KeysFor(func(column string) (string, bool) {
			v, ok := c.row[column]
			return v, ok
		})
		var got []string
		for _, k := range keys {
			if text := strings.Join(k, "+"); text == "state" || text == "slot" || text == "team_id+slug" {
				got = append(got, text)
			}
		}
		sort.Strings(got)
		want := strings.Fields(c.want)
		sort.Strings(want)
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%v: got %v, want %v", c.row, got, want)
		}
		if len(keys)-len(got) != 4 { // slug, login, team_id+email, token; id is generated
			t.Errorf("%v: the whole keys are not all there: %v", c.row, keys)
		}
	}
}

// TestKeysForNull: a row that has NULL in a column of a key differs in it from every other row.
func TestKeysForNull(t *testing.T) {
	table := load(t, keyed).Tables["invites"]
	for literal, want := range map[string]bool{"": true, "'t'": true, "None": false} {
		keys := table.KeysFor(func(column string) (string, bool) { return literal, true })
		if got := slices.ContainsFunc(keys, func(k []string) bool { return slices.Equal(k, []string{"token"}) }); got != want {
			t.Errorf("%q: the key over token can be violated: %v", literal, got)
		}
	}
	if _, ok := table.UniqueWhere([]string{"token"}, []string{"token IS NULL"}); ok {
		t.Error("a key keeps no two rows apart that have NULL in it")
	}
}

func TestKeysForGivenID(t *testing.T) {
	keys := load(t, keyed).Tables["teams"].KeysFor(func(column string) (string, bool) { return "", column == "id" })
	if len(keys) != 1 {
		t.Errorf("a primary key that the row is given can be violated: %v", keys)
	}
}

func TestUniqueOnMySQLIgnoresCase(t *testing.T) {
	s := load(t, keyed+`
-- .env --
DATABASE_URL=mysql+aiomysql://u:p@h/db
`)
	if _, ok := s.Tables["invites"].UniqueOn([]string{"lower(email)", "team_id"}); !ok {
		t.Error("MySQL's default collation makes the key ignore case")
	}
}

func TestSoftDelete(t *testing.T) {
	for text, want := range map[string]bool{
		"deleted_at is null": true, "(Deleted_At IS NULL)": true, "is_deleted IS NOT TRUE": true, "is_deleted = false": true, "not deleted": true, "is_deleted is false": true, "archived_at is null": true,
		"state = 'open'": false, "deleted_at is not null": false, "deleted_at is null and state = 'x'": false,
	} {
		canonical, _ := predicate(text)
		if got := softDelete(canonical); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}
