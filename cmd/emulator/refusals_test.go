package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"flowgate/server"
)

// What the catalogue says of a refusal is what its reproduction earns: number,
// status, and the body to the byte but for the values of its placeholders.
func TestEveryReproductionEarnsItsRefusal(t *testing.T) {
	embedded := serveEmbedded(t)
	for _, r := range server.Catalogue() {
		t.Run(fmt.Sprint(r.Number), func(t *testing.T) {
			for name, text := range map[string]string{"cause": r.Cause, "fix": r.Fix} {
				if len(text) < 10 || strings.HasSuffix(text, ".") {
					t.Errorf("the %s is %q", name, text)
				}
			}
			g := embedded
			if r.Reproduction.Files != nil {
				g = serveFiles(t, r.Reproduction.Files)
			}
			status, body := g.reproduce(t, r.Reproduction)
			if want := bodyOf(r); status != r.Status || !want.MatchString(body) {
				t.Errorf("got  %d %s\nwant %d %s", status, body, r.Status, want)
			}
			if e := g.newest(t); e.Refusal != r.Number || e.Code != r.Code {
				t.Errorf("the journal says %+v", e)
			}
		})
	}
}

// bodyOf is the body of a refusal, as a pattern.
func bodyOf(r server.Refusal) *regexp.Regexp {
	message := regexp.MustCompile(`\\\{[a-z]+\\\}`).ReplaceAllString(regexp.QuoteMeta(r.Message), `[^"{}]+`)
	template := ""
	if r.Template != "" {
		template = `(,"messageTemplate":"` + regexp.QuoteMeta(r.Template) + `")?`
	}
	return regexp.MustCompile(`^\{"error":\{"code":"` + r.Code + `","message":"` + message + `"` + template + `\}\}$`)
}

func serveFiles(t *testing.T, files []server.File) runningGate {
	t.Helper()
	dir := t.TempDir()
	for _, f := range files {
		if err := os.WriteFile(filepath.Join(dir, f.Name), []byte(f.Content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	ws, _, problems := readWorkspace(dir)
	if ws == nil {
		t.Fatal(problems)
	}
	s, err := server.New(context.Background(), server.Options{Workspace: ws, Journal: 10})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	h := httptest.NewServer(s)
	t.Cleanup(h.Close)
	return runningGate{s, h.URL}
}

func (g runningGate) reproduce(t *testing.T, r server.Reproduction) (int, string) {
	t.Helper()
	if r.Disabled != "" {
		g.state(t, r.Disabled, "Disabled")
		defer g.state(t, r.Disabled, "Enabled")
	}
	path := r.Path
	if r.Signed != "" {
		path += "?" + g.queryOf(t, r.Signed, r.NotAfter)
	}
	var body io.Reader = strings.NewReader(r.Body)
	if r.Zeros > 0 {
		body = io.LimitReader(zeros{}, r.Zeros)
	}
	request, err := http.NewRequest(r.Method, g.url+path, body)
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range r.Header {
		name, value, ok := strings.Cut(h, ": ")
		if !ok {
			t.Fatalf("%q is no header", h)
		}
		request.Header.Set(name, value)
	}
	if r.Token != nil {
		var out, problems bytes.Buffer
		if code := run(t.Context, append([]string{"token"}, r.Token...), strings.NewReader(""), &out, &problems); code != exitOK {
			t.Fatalf("token %q: exit %d\n%s", r.Token, code, &problems)
		}
		request.Header.Set("Authorization", "Bearer "+strings.TrimSpace(out.String()))
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(answer)
}

func (g runningGate) state(t *testing.T, workflow, state string) {
	t.Helper()
	request, err := http.NewRequest(http.MethodPut, g.url+"/_emulator/api/workflows/"+workflow+"/state", strings.NewReader(`{"state":"`+state+`"}`))
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Fatalf("state %s of %s: %s", state, workflow, response.Status)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

// queryOf returns the query of a trigger's callback URL.
func (g runningGate) queryOf(t *testing.T, path, notAfter string) string {
	t.Helper()
	_, body := get(t, http.DefaultClient, g.url+"/_emulator/api/workflows?notAfter="+notAfter)
	var list []struct {
		Triggers []struct{ CallbackURL struct{ Value string } }
	}
	if err := json.Unmarshal([]byte(body), &list); err != nil {
		t.Fatal(err)
	}
	for _, w := range list {
		for _, trigger := range w.Triggers {
			if u, err := url.Parse(trigger.CallbackURL.Value); err == nil && u.Path == path {
				return u.RawQuery
			}
		}
	}
	t.Fatalf("no trigger is at %s", path)
	return ""
}

// The API words its commands for the emulator that is asked, and for no shell's
// undoing.
func TestRefusalsByAPICallWhereTheyWereAsked(t *testing.T) {
	g := serveEmbedded(t)
	secure := httptest.NewTLSServer(g.Server)
	defer secure.Close()
	for at, want := range map[string]string{
		g.url:      "curl -i -X POST " + g.url + "/workflows/",
		secure.URL: "curl --cacert ca.pem -i -X POST " + secure.URL + "/workflows/",
	} {
		_, body := get(t, secure.Client(), at+"/_emulator/api/refusals")
		var list struct{ Refusals []struct{ Command string } }
		if err := json.Unmarshal([]byte(body), &list); err != nil || len(list.Refusals) != len(server.Catalogue()) || !strings.HasPrefix(list.Refusals[0].Command, want) {
			t.Errorf("%v\nwant %s\n%.400s", err, want, body)
		}
	}
}

// Whoever asks for a code that check prints is told what it is.
func TestRefusalsKnowsTheCodesOfSaving(t *testing.T) {
	source, err := os.ReadFile("../../policy/save.go")
	if err != nil {
		t.Fatal(err)
	}
	codes := regexp.MustCompile(`add\([^,]*, "(\w+)"`).FindAllStringSubmatch(string(source), -1)
	if len(codes) < 3 {
		t.Fatalf("policy/save.go has the codes %q", codes)
	}
	for _, code := range codes {
		var out, errs bytes.Buffer
		if status := run(t.Context, []string{"refusals", strings.ToLower(code[1])}, nil, &out, &errs); status != exitUsage || !strings.HasPrefix(errs.String(), "emulator: "+code[1]+" refuses no call: ") {
			t.Errorf("%s: %d %s%s", code[1], status, &out, &errs)
		}
	}
}

// PowerShell cannot be run everywhere, so what is printed for it is held to the
// letter: one of each kind of step.
func TestReproductionsForPowerShell(t *testing.T) {
	script := server.Script{Shell: server.ShellOf("windows"), Program: []string{"emulator"}, Origin: "http://127.0.0.1:7080"}
	const orders = "http://127.0.0.1:7080/workflows/1c168adb00d208e42f93314529f1fa9c/triggers/manual/paths/invoke"
	for number, want := range map[int]string{
		1: "curl.exe -i -X POST " + orders + "\n",
		17: `$query = curl.exe -s 'http://127.0.0.1:7080/_emulator/api/workflows?notAfter=2020-01-01T00:00:00Z' | Out-String | Select-String '/workflows/a9fa9fda98d7712cf2c04ce6206e406c/triggers/manual/paths/invoke\?[^"]*sig=[^"]*' | ForEach-Object { $_.Matches[0].Value.Split('?')[1] }
curl.exe -i -X POST "http://127.0.0.1:7080/workflows/a9fa9fda98d7712cf2c04ce6206e406c/triggers/manual/paths/invoke?$query"
`,
		21: `'{"state":"Disabled"}' | curl.exe -so NUL -X PUT http://127.0.0.1:7080/_emulator/api/workflows/hooks/state -d '@-'
$query = curl.exe -s http://127.0.0.1:7080/_emulator/api/workflows | Out-String | Select-String '/workflows/a9fa9fda98d7712cf2c04ce6206e406c/triggers/manual/paths/invoke\?[^"]*sig=[^"]*' | ForEach-Object { $_.Matches[0].Value.Split('?')[1] }
curl.exe -i -X POST "http://127.0.0.1:7080/workflows/a9fa9fda98d7712cf2c04ce6206e406c/triggers/manual/paths/invoke?$query"
'{"state":"Enabled"}' | curl.exe -so NUL -X PUT http://127.0.0.1:7080/_emulator/api/workflows/hooks/state -d '@-'
`,
		25: `$dir = New-Item -ItemType Directory -Path (Join-Path $env:TEMP (New-Guid))
@'
workflows: [{ file: door.json, id: "00000000000000000000000000000001" }]
'@ | Set-Content -Encoding ascii "$dir\emulator.yaml"
@'
{
  "triggers": { "manual": { "type": "Request", "kind": "Http" } },
  "actions": {
    "Look_up": { "type": "Http", "inputs": { "method": "GET", "uri": "https://stock.example/" }, "runAfter": {} },
    "Response": { "type": "Response", "kind": "Http", "inputs": { "body": "@body('Look_up')" }, "runAfter": { "Look_up": [ "Succeeded" ] } }
  }
}
'@ | Set-Content -Encoding ascii "$dir\door.json"
$emulator = Start-Process -PassThru -NoNewWindow -RedirectStandardOutput "$dir\greeting" -FilePath 'emulator' -ArgumentList 'serve', "` + "`\"$dir`\"" + `", '--http', '127.0.0.1:0', '--https='
do { Start-Sleep -Milliseconds 200; $found = Select-String 'http://[0-9.:]+' "$dir\greeting" } until ($found -or $emulator.HasExited)
$url = $found[0].Matches[0].Value
$query = curl.exe -s "$url/_emulator/api/workflows" | Out-String | Select-String '/workflows/00000000000000000000000000000001/triggers/manual/paths/invoke\?[^"]*sig=[^"]*' | ForEach-Object { $_.Matches[0].Value.Split('?')[1] }
curl.exe -i -X POST "$url/workflows/00000000000000000000000000000001/triggers/manual/paths/invoke?$query"
taskkill /t /f /pid $emulator.Id
Remove-Item -Recurse $dir
`,
		23: `$token = emulator token --resource https://management.azure.com/
curl.exe -i -X POST '` + orders + `?api-version=2016-10-01' -H "Authorization: Bearer $token" -H 'Content-Type: application/json' -d 'Customer=Contoso'
`,
		29: `$token = emulator token --resource https://management.azure.com/
fsutil file createnew "$env:TEMP\zeros" 104857601
curl.exe -i -X POST '` + orders + `?api-version=2016-10-01' -H "Authorization: Bearer $token" -T "$env:TEMP\zeros"
`,
	} {
		r, err := server.FindRefusal(number)
		if err != nil {
			t.Fatal(err)
		}
		if got := script.Reproduce(r.Reproduction); got != want {
			t.Errorf("%d\ngot:\n%s\nwant:\n%s", number, got, want)
		}
	}
}
