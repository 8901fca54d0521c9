package template

import (
	"fmt"
	"strings"

	"flowgate/pattern"
)

// resourceFunctions write resource ids.
var resourceFunctions = []function{
	{name: "resourceId", min: 2, max: -1, special: resourceID},
	{name: "subscriptionResourceId", min: 2, max: -1, special: subscriptionResourceID},
	{name: "tenantResourceId", min: 2, max: -1, plain: func(args []any) (any, error) {
		texts, err := textsOf(args)
		if err != nil {
			return nil, err
		}
		return providerPath(texts)
	}},
	{name: "extensionResourceId", min: 3, max: -1, plain: func(args []any) (any, error) {
		texts, err := textsOf(args)
		if err != nil {
			return nil, err
		}
		path, err := providerPath(texts[1:])
		return strings.TrimSuffix(texts[0], "/") + path, err
	}},
}

// resourceID takes a subscription's id and a resource group's name, both of them
// optional, before the type and its names: which of them are there follows from
// the number of names that the type wants (documented).
func resourceID(c *call, scope *Scope) (any, error) {
	texts, err := c.evalTexts(scope)
	if err != nil {
		return nil, err
	}
	kindAt := typeArgument(texts)
	if kindAt < 0 {
		return nil, c.errorf("resourceId: no argument is a resource type with as many names after it as it has parts; write one such as 'Microsoft.Logic/workflows', then one name")
	}
	d := *scope.Deployment
	switch before := texts[:kindAt]; {
	case len(before) == 2:
		d.Subscription, d.ResourceGroup = before[0], before[1]
	case len(before) == 1:
		d.ResourceGroup = before[0]
	}
	path, err := providerPath(texts[kindAt:])
	if err != nil {
		return nil, c.errorf("resourceId: %w", err)
	}
	id := d.resourceGroupID() + path
	return id, located(scope.Budget.Spend(id), c.at)
}

func subscriptionResourceID(c *call, scope *Scope) (any, error) {
	texts, err := c.evalTexts(scope)
	if err != nil {
		return nil, err
	}
	d := *scope.Deployment
	if len(texts) > 2 && pattern.IsGUID(texts[0]) {
		d.Subscription, texts = texts[0], texts[1:]
	}
	path, err := providerPath(texts)
	if err != nil {
		return nil, c.errorf("subscriptionResourceId: %w", err)
	}
	id := d.subscriptionID() + path
	return id, located(scope.Budget.Spend(id), c.at)
}

func (c *call) evalTexts(scope *Scope) ([]string, error) {
	args, err := c.evalArgs(scope)
	if err != nil {
		return nil, err
	}
	texts, err := textsOf(args)
	if err != nil {
		return nil, c.errorf("%s: %w", c.name, err)
	}
	return texts, nil
}

// typeArgument returns which of the first three texts is a resource type that
// as many names follow as it has parts after the provider.
func typeArgument(texts []string) int {
	for i, s := range texts[:min(3, len(texts))] {
		if parts := strings.Count(s, "/"); parts > 0 && len(texts)-i-1 == parts {
			return i
		}
	}
	return -1
}

// providerPath writes /providers/{provider}/{type}/{name}/{type}/{name}… of a
// type such as Microsoft.Web/sites/slots and one name for each part.
func providerPath(texts []string) (string, error) {
	parts := strings.Split(texts[0], "/")
	names := texts[1:]
	if len(parts) < 2 || len(names) != len(parts)-1 {
		return "", fmt.Errorf("the type %q wants %s, given %d", texts[0], plural(len(parts)-1, "name"), len(names))
	}
	var b strings.Builder
	b.WriteString("/providers/" + parts[0])
	for i, name := range names {
		b.WriteString("/" + parts[i+1] + "/" + name)
	}
	return b.String(), nil
}
