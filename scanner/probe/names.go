package probe

import "strings"

// irregular plurals that turn up in paths.
var irregular = map[string]string{
	"people": "person", "children": "child", "men": "man", "women": "woman", "mice": "mouse", "indices": "index",
	"matrices": "matrix", "analyses": "analysis", "data": "data", "media": "media", "status": "status", "news": "news",
	"series": "series", "caches": "cache", "addresses": "address", "statuses": "status", "bonuses": "bonus",
}

// singular returns the singular of a path segment, "order" for "orders".
func singular(word string) string {
	w := strings.ToLower(strings.ReplaceAll(word, "-", "_"))
	head, last := "", w
	if i := strings.LastIndexByte(w, '_'); i >= 0 {
		head, last = w[:i+1], w[i+1:]
	}
	if s, ok := irregular[last]; ok {
		return head + s
	}
	switch {
	case strings.HasSuffix(last, "ies") && len(last) > 4:
		last = last[:len(last)-3] + "y"
	case strings.HasSuffix(last, "sses"), strings.HasSuffix(last, "xes"), strings.HasSuffix(last, "ches"), strings.HasSuffix(last, "shes"), strings.HasSuffix(last, "zzes"):
		last = last[:len(last)-2]
	case strings.HasSuffix(last, "s") && !strings.HasSuffix(last, "ss") && !strings.HasSuffix(last, "us") && len(last) > 2:
		last = last[:len(last)-1]
	}
	return head + last
}

// suffixes that turn a resource's name into the name of a parameter that refers to it.
var suffixes = []string{"_id", "_uuid", "_guid", "_pk", "_slug", "_code", "_name", "_number", "_key", "_token", "_ref", "_sku"}

// referent returns the resource that a parameter or field name speaks of: "order" for "order_id" and "orderId".
func referent(name string) (resource, field string) {
	n := snake(name)
	for _, s := range suffixes {
		if base, ok := strings.CutSuffix(n, s); ok && base != "" {
			return singular(base), s[1:]
		}
	}
	return "", n
}

// snake turns camelCase and dashes into snake_case.
func snake(name string) string {
	var b strings.Builder
	for i, r := range name {
		switch {
		case r == '-':
			b.WriteByte('_')
		case r >= 'A' && r <= 'Z':
			if i > 0 && name[i-1] != '_' && name[i-1] != '-' && (name[i-1] < 'A' || name[i-1] > 'Z') {
				b.WriteByte('_')
			}
			b.WriteRune(r + 'a' - 'A')
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// words cuts a name at its underscores.
func words(name string) []string { return strings.Split(snake(name), "_") }

func hasWord(name string, list map[string]bool) bool {
	for _, w := range words(name) {
		if list[w] || list[singular(w)] {
			return true
		}
	}
	return false
}

func set(names ...string) map[string]bool {
	m := make(map[string]bool, len(names))
	for _, n := range names {
		m[n] = true
	}
	return m
}

var (
	// countWords name quantities of which one is left and one is taken, so that a second taker must be refused.
	countWords = set("stock", "quantity", "qty", "seat", "capacity", "limit", "uses", "use", "remaining", "count", "ticket", "slot", "unit",
		"available", "inventory", "max", "quota", "allowance", "spot", "copies", "credit", "point", "license", "attempt")
	// moneyWords name amounts: one spends what the account holds.
	moneyWords = set("balance", "amount", "total", "fund", "budget", "price", "cost", "deposit", "value", "money", "sum", "cash")
	// uniqueWords name what two resources are not expected to share.
	uniqueWords = set("email", "username", "login", "slug", "code", "name", "handle", "sku", "isbn", "phone", "nickname", "domain", "key", "number", "title", "reference", "serial", "vin", "iban")
	// secretWords name something that can be used once.
	secretWords = set("code", "token", "otp", "pin", "voucher", "coupon", "nonce", "invite", "invitation", "ticket", "secret")
	// versionWords name what optimistic locking compares.
	versionWords = set("version", "revision", "etag", "rev")
	// verbs classify an action by its function name or path.
	verbs = set("cancel", "approve", "pay", "redeem", "claim", "apply", "transfer", "withdraw", "refund", "close", "publish", "accept",
		"revoke", "use", "consume", "book", "reserve", "checkout", "vote", "like", "follow", "invite", "verify", "confirm", "reset", "lock",
		"upgrade", "ship", "buy", "purchase", "spend", "debit", "reject", "complete", "start", "finish", "join", "enroll", "assign", "release")
)
