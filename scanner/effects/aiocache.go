package effects

// aiocache: one interface before memory, redis and memcached. Its commands are those of a key-value store.

var aiocache = Library{
	Funcs: []Named{{"aiocache.caches.get", newAiocache}, {"aiocache.Cache.from_url", newAiocache}},
	Classes: []Class{
		{"aiocache.Cache", "aiocache"}, {"aiocache.SimpleMemoryCache", "aiocache"}, {"aiocache.RedisCache", "aiocache"}, {"aiocache.MemcachedCache", "aiocache"},
	},
	Methods: []Family{{"aiocache", []Named{
		{"get", kvGet}, {"set", kvSet}, {"delete", kvDelete}, {"exists", kvRead}, {"increment", kvStep}, {"multi_get", kvReadMany}, {"expire", kvExpire},
	}}},
}

func newAiocache(c *Call) *Value {
	o := c.NewObject()
	o.Qual = "aiocache.Cache"
	return &Value{Kind: ExtObject, Obj: o, Sym: "cache"}
}
