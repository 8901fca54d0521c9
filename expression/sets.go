package expression

// union of arrays has every element once; of objects, every member, the last
// one of a name winning.
func union(in invocation) (any, *EvalError) {
	objects, arrays, err := in.alike()
	if err != nil {
		return nil, err
	}
	if objects != nil {
		all := &Object{}
		for _, o := range objects {
			if err := in.spend(o.Len()); err != nil {
				return nil, err
			}
			for _, name := range o.names {
				all.Set(name, o.values[name])
			}
		}
		return all, nil
	}
	all := &elements{list: []any{}}
	for _, list := range arrays {
		for _, v := range list {
			if err := in.add(all, v); err != nil {
				return nil, err
			}
		}
	}
	return all.list, nil
}

// intersection has the elements, or the members, that all arguments have.
func intersection(in invocation) (any, *EvalError) {
	objects, arrays, err := in.alike()
	if err != nil {
		return nil, err
	}
	if objects != nil {
		return in.commonMembers(objects)
	}
	first, err := in.elementsOf(arrays[0])
	if err != nil {
		return nil, err
	}
	common := first.list
	for _, list := range arrays[1:] {
		others, err := in.elementsOf(list)
		if err != nil {
			return nil, err
		}
		both := []any{}
		for _, v := range common {
			found, err := in.among(others, v)
			if err != nil {
				return nil, err
			}
			if found {
				both = append(both, v)
			}
		}
		common = both
	}
	return common, nil
}

func (e *evaluation) commonMembers(objects []*Object) (any, *EvalError) {
	common := &Object{}
	for _, name := range objects[0].names {
		v := objects[0].values[name]
		everywhere := true
		for i := 1; i < len(objects) && everywhere; i++ {
			other, ok := objects[i].Get(name)
			if !ok {
				everywhere = false
				break
			}
			same, err := e.equal(v, other)
			if err != nil {
				return nil, err
			}
			everywhere = same
		}
		if everywhere {
			common.Set(name, v)
		}
	}
	return common, nil
}

// alike returns the arguments as objects or as arrays, which all of them must be.
func (in invocation) alike() (objects []*Object, arrays [][]any, err *EvalError) {
	for _, v := range in.args {
		switch v := v.(type) {
		case *Object:
			objects = append(objects, v)
		case []any:
			arrays = append(arrays, v)
		}
	}
	if n := len(in.args); len(objects) != n && len(arrays) != n {
		return nil, nil, in.fail("%s expects either arrays or objects, and nothing else beside them; the first parameter is of type '%s'", in.call.written, typeName(in.args[0]))
	}
	return objects, arrays, nil
}

func addProperty(in invocation) (any, *EvalError) {
	o, name, err := in.member()
	if err != nil {
		return nil, err
	}
	if _, ok := o.Get(name); ok {
		return nil, in.fail("%s: the object has a property '%s' already; use setProperty to replace it", in.call.written, shorten(name))
	}
	return with(o, name, in.args[2]), nil
}

func setProperty(in invocation) (any, *EvalError) {
	o, name, err := in.member()
	if err != nil {
		return nil, err
	}
	return with(o, name, in.args[2]), nil
}

func removeProperty(in invocation) (any, *EvalError) {
	o, name, err := in.member()
	if err != nil {
		return nil, err
	}
	rest := &Object{FoldCase: o.FoldCase}
	for _, n := range o.names {
		if n != name {
			rest.Set(n, o.values[n])
		}
	}
	return rest, nil
}

// member returns the object and the name that the first two arguments are.
func (in invocation) member() (*Object, string, *EvalError) {
	o, ok := in.args[0].(*Object)
	if !ok {
		return nil, "", in.wrong(0, "to be an object")
	}
	name, err := in.str(1, ofTypeString)
	if err != nil {
		return nil, "", err
	}
	return o, name, in.spend(o.Len())
}

// with returns a copy of o in which name is v.
func with(o *Object, name string, v any) *Object {
	c := o.clone()
	c.Set(name, v)
	return c
}
