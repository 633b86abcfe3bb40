package effects

// Payments that a library makes by the name of its own resources. What moves money twice when it is called twice is an effect; what
// only describes a payment that the customer still has to make is not.

var payments = Library{Funcs: stripeCalls(map[string][]string{
	"Charge":        {"create", "capture"},
	"PaymentIntent": {"capture", "confirm"},
	"Payout":        {"create"},
	"Refund":        {"create"},
	"Topup":         {"create"},
	"Transfer":      {"create", "create_reversal"},
	"InvoiceItem":   {"create"},
	"Subscription":  {"create"},
})}

// stripeCalls spells out the class methods of Stripe's resources, each with its twin that is awaited.
func stripeCalls(of map[string][]string) map[string]Model {
	out := map[string]Model{}
	for resource, methods := range of {
		for _, m := range methods {
			out["stripe."+resource+"."+m], out["stripe."+resource+"."+m+"_async"] = pays, pays
		}
	}
	return out
}

// pays makes a payment, unless it carries a key by which the other side knows the second one.
func pays(c *Call) *Value {
	if c.Keyword("idempotency_key") != nil {
		c.passes()
		return Opaque("payment answer", c.Deps())
	}
	return sends("payment")(c)
}
