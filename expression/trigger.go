package expression

// trigger has of the service's record of a trigger what is known when the
// trigger fires; the times and tracking ids are the run's.
func trigger(in invocation) (any, *EvalError) {
	o := &Object{}
	o.Set("name", in.scope.TriggerName)
	o.Set("outputs", orNull(in.scope.Trigger))
	return o, nil
}

func triggerOutputs(in invocation) (any, *EvalError) { return orNull(in.scope.Trigger), nil }

func triggerBody(in invocation) (any, *EvalError) {
	body, _ := in.scope.Trigger.Get("body")
	return body, nil
}

func workflow(in invocation) (any, *EvalError) { return orNull(in.scope.Workflow), nil }

func parameters(in invocation) (any, *EvalError) {
	name, err := in.str(0, ofTypeString)
	if err != nil {
		return nil, err
	}
	v, ok := in.scope.Parameters.Get(name)
	if !ok {
		return nil, in.fail("the workflow has no parameter '%s'; define it and give it a value", shorten(name))
	}
	return v, nil
}

// orNull keeps a nil *Object from becoming a value that is neither null nor an
// object.
func orNull(o *Object) any {
	if o == nil {
		return nil
	}
	return o
}
