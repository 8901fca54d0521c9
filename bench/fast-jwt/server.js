// fast-jwt on Node's own HTTP server, one process, with the cache of verified tokens that it brings.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createVerifier } from 'fast-jwt'

const [port, key] = process.argv.slice(2)
const verify = createVerifier({
  key: readFileSync(key, 'utf8'),
  algorithms: ['RS256'],
  requiredClaims: ['exp'],
  cache: true,
})

// As the others do it: the token first, then what it says.
function status(authorization) {
  if (!authorization?.startsWith('Bearer ')) return 401
  let claims
  try {
    claims = verify(authorization.slice('Bearer '.length))
  } catch {
    return 401
  }
  const admitted =
    claims.iss === 'https://sts.windows.net/aaaabbbb-0000-cccc-1111-dddd2222eeee/' &&
    claims.aud === 'https://management.azure.com/' &&
    claims.appid === '00001111-aaaa-2222-bbbb-3333cccc4444'
  return admitted ? 202 : 403
}

createServer((request, response) => {
  request.resume()
  request.on('end', () => {
    response.writeHead(status(request.headers.authorization), { 'content-length': 0 })
    response.end()
  })
}).listen(Number(port), '127.0.0.1')
