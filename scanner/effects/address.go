package effects

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// Addresses: URLs and host names that are looked at before something is fetched. What a name resolves to is said by the owner
// of the name, anew each time; where a request ends is said by the server that is asked.

// The resources of the network.
const (
	HostName = "name"     // what a host name resolves to
	Location = "location" // where a request to a URL ends
	Document = "document" // what stands at a URL or in an object store
)

var addresses = Library{
	Funcs: []Named{
		{"urllib.parse.urlsplit", parsedURL}, {"urllib.parse.urlparse", parsedURL}, {"httpx.URL", parsedURL}, {"yarl.URL", parsedURL}, {"furl.furl", parsedURL}, {"tldextract.extract", parsedURL}, {"urllib3.util.parse_url", parsedURL},
		{"socket.getaddrinfo", resolves}, {"socket.gethostbyname", resolves}, {"socket.gethostbyname_ex", resolves}, {"dns.resolver.resolve", resolves}, {"dns.resolver.query", resolves}, {"dns.asyncresolver.resolve", resolves},
		{"anyio.getaddrinfo", resolves}, {"trio.socket.getaddrinfo", resolves},
	},
	Classes: []Class{
		{"url", "address"}, {"pydantic.HttpUrl", "address"}, {"pydantic.AnyHttpUrl", "address"}, {"pydantic.AnyUrl", "address"}, {"pydantic.networks.HttpUrl", "address"}, {"pydantic.networks.AnyHttpUrl", "address"}, {"pydantic.networks.AnyUrl", "address"},
		{"dns.resolver.Resolver", "resolver"}, {"dns.asyncresolver.Resolver", "resolver"}, {"aiodns.DNSResolver", "resolver"}, {"aiohttp.ThreadedResolver", "resolver"}, {"aiohttp.AsyncResolver", "resolver"},
	},
	Methods: []Family{{"resolver", []Named{{"resolve", resolves}, {"query", resolves}, {"gethostbyname", resolves}, {"getaddrinfo", resolves}, {"query_dns", resolves}}}},
	Attrs:   []Getter{{"address", addressAttr}},
	Shape:   addressShape,
}

func parsedURL(c *Call) *Value {
	if len(c.Args) == 0 {
		return nil
	}
	o := c.NewObject()
	o.Qual = "url"
	return &Value{Kind: ExtObject, Obj: o, Sym: Last(c.Name) + "(" + c.Args[0].Sym + ")", Deps: c.Deps()}
}

// hostParts are the attributes of a URL that say which host it names.
var hostParts = []string{"hostname", "host", "netloc", "raw_host", "domain", "registered_domain", "fqdn", "authority"}

// addressAttr looks at a part of a URL. Its host says where a request ends as long as nobody redirects it.
func addressAttr(w *World, recv *Value, name string) *Value {
	if !slices.Contains(hostParts, name) {
		return nil
	}
	sym := recv.Sym + "." + name
	return result(sym, w.network(Location, subjectOf(recv.Sym), recv.Deps)).Depending(recv.Deps)
}

// network emits a look at something outside.
func (w *World) network(name, key string, deps Deps) int {
	op := interleave.Op{Kind: interleave.Read, From: deps.Ints()}
	op.Res = interleave.Resource{Store: interleave.Remote, Name: name, Key: key}
	return w.Emit(Op{Op: op, Target: key})
}

// resolves asks a name server.
func resolves(c *Call) *Value {
	host := c.Arg(0, "host")
	if host == nil {
		host = c.Arg(-1, "qname")
	}
	if host == nil || host.Kind == Const {
		return Opaque("resolved constant", nil)
	}
	c.Suspend(true)
	return result(resolvedSym+host.Sym+")", c.network(HostName, host.Sym, host.AllDeps())).Depending(host.AllDeps())
}

// resolvedSym begins the name of an answer of a name server.
const resolvedSym = "resolved("

// addressShape recognises name resolution through an event loop, and a URL whose beginning is compared.
func addressShape(c *Call) *Value {
	switch c.Name {
	case "getaddrinfo", "gethostbyname":
		return resolves(c)
	case "run_in_executor":
		if len(c.Args) > 1 && c.Call != nil {
			return c.InThread(func() *Value { return c.Call(c.Args[1], c.Args[2:], nil) })
		}
	case "startswith":
		if len(c.Args) != 1 || c.Recv == nil || c.Recv.Kind == Const {
			return nil
		}
		for _, a := range append([]*Value{c.Args[0]}, c.Args[0].Items...) {
			if s, ok := a.Str(); ok {
				if i := strings.Index(s, "://"); i > 0 && i+3 < len(s) {
					return result(c.Recv.Sym+".startswith", c.network(Location, subjectOf(c.Recv.Sym), c.Recv.Deps))
				}
			}
		}
	}
	return nil
}

// wrappers are functions whose result names the same host as their argument.
var wrappers = []string{"urlsplit(", "urlparse(", "URL(", "furl(", "str(", "extract(", "parse_url(", "unquote(", "Request("}

// subjectOf returns the symbol that a URL or host name was taken from: url for urlsplit(url).hostname.lower().
func subjectOf(sym string) string {
	for range 12 {
		before := sym
		for _, w := range wrappers {
			if strings.HasPrefix(sym, w) {
				if end := closing(sym, len(w)); end > 0 {
					sym = firstArgument(sym[len(w):end])
				}
			}
		}
		if i := lastDot(sym); i > 0 {
			if part := sym[i+1:]; slices.Contains(hostParts, part) || strings.HasSuffix(part, ")") || strings.HasSuffix(part, "]") {
				sym = sym[:i]
			}
		}
		if sym == before {
			break
		}
	}
	return sym
}

// closing returns where the bracket that was opened before from ends, -1 when it does not.
func closing(s string, from int) int {
	depth := 1
	for i := from; i < len(s); i++ {
		switch s[i] {
		case '(', '[':
			depth++
		case ')', ']':
			depth--
			if depth == 0 {
				return i
			}
		}
	}
	return -1
}

func firstArgument(s string) string {
	depth := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '(', '[':
			depth++
		case ')', ']':
			depth--
		case ',':
			if depth == 0 {
				return s[:i]
			}
		}
	}
	return s
}

// lastDot returns the last dot outside of brackets, -1 when there is none.
func lastDot(s string) int {
	depth := 0
	for i := len(s) - 1; i >= 0; i-- {
		switch s[i] {
		case ')', ']':
			depth++
		case '(', '[':
			depth--
		case '.':
			if depth == 0 {
				return i
			}
		}
	}
	return -1
}

// mentions tells whether a name stands in a text as a whole.
func mentions(text, name string) bool {
	for at := 0; name != ""; {
		i := strings.Index(text[at:], name)
		if i < 0 {
			return false
		}
		i += at
		end := i + len(name)
		if (i == 0 || !isNameByte(text[i-1]) && text[i-1] != '.') && (end == len(text) || !isNameByte(text[end])) {
			return true
		}
		at = end
	}
	return false
}

func isNameByte(b byte) bool {
	return b == '_' || b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
}
