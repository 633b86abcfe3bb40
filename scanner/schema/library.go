package schema

import "github.com/middlebrick/middlebrick/scanner/program"

// libraryModel is a base class of a library that brings columns, and perhaps the name of the table.
type libraryModel struct {
	bases   []string
	table   string // "*" for the class name in snake case
	columns []string
	primary string
	unique  string
}

// libraryModels are the base classes that FastAPI projects derive their tables from most often.
var libraryModels = []libraryModel{
	{[]string{
		"fastapi_users.db.SQLAlchemyBaseUserTable", "fastapi_users.db.SQLAlchemyBaseUserTableUUID", "fastapi_users_db_sqlalchemy.SQLAlchemyBaseUserTable",
		"fastapi_users_db_sqlalchemy.SQLAlchemyBaseUserTableUUID", "fastapi_users_db_sqlmodel.SQLModelBaseUserDB",
	}, "user", []string{"id", "email", "hashed_password", "is_active", "is_superuser", "is_verified"}, "id", "email"},
	{[]string{
		"fastapi_users.db.SQLAlchemyBaseOAuthAccountTable", "fastapi_users.db.SQLAlchemyBaseOAuthAccountTableUUID",
		"fastapi_users_db_sqlalchemy.SQLAlchemyBaseOAuthAccountTable", "fastapi_users_db_sqlalchemy.SQLAlchemyBaseOAuthAccountTableUUID",
	}, "oauth_account", []string{"id", "oauth_name", "access_token", "account_id", "account_email", "user_id"}, "id", ""},
	{[]string{
		"fastapi_users_db_sqlalchemy.access_token.SQLAlchemyBaseAccessTokenTable", "fastapi_users_db_sqlalchemy.access_token.SQLAlchemyBaseAccessTokenTableUUID",
	}, "accesstoken", []string{"token", "created_at", "user_id"}, "token", ""},
	{[]string{
		"advanced_alchemy.base.UUIDBase", "advanced_alchemy.base.UUIDv6Base", "advanced_alchemy.base.UUIDv7Base", "advanced_alchemy.base.BigIntBase", "advanced_alchemy.base.IdentityBase",
	}, "*", []string{"id"}, "id", ""},
	{[]string{
		"advanced_alchemy.base.UUIDAuditBase", "advanced_alchemy.base.UUIDv6AuditBase", "advanced_alchemy.base.UUIDv7AuditBase", "advanced_alchemy.base.BigIntAuditBase",
		"advanced_alchemy.base.IdentityAuditBase",
	}, "*", []string{"id", "created_at", "updated_at"}, "id", ""},
	{[]string{"advanced_alchemy.mixins.SlugKey", "advanced_alchemy.base.SlugKey", "advanced_alchemy.mixins.slug.SlugKey"}, "", []string{"slug"}, "", "slug"},
}

// libraryTable is the name that a library's base class gives to the table of c, or "".
func libraryTable(c *program.Class) string {
	for _, m := range libraryModels {
		if m.table != "" && c.IsSubclass(m.bases...) {
			if m.table == "*" {
				return snake(c.Name)
			}
			return m.table
		}
	}
	return ""
}

// libraryColumns adds the columns that library base classes bring.
func (r *reader) libraryColumns(t *Table, c *program.Class) {
	place := r.place(c.Module, c.Def)
	for _, m := range libraryModels {
		if !c.IsSubclass(m.bases...) {
			continue
		}
		for _, name := range m.columns {
			t.addColumn(&Column{Name: name, Attribute: name, Primary: name == m.primary, Filled: name == m.primary})
		}
		if m.primary != "" {
			t.addPrimary(m.primary, place)
		}
		if m.unique != "" {
			t.addKey(UniqueKey{Columns: []string{m.unique}, From: place})
		}
	}
}
