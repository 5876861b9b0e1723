// java Verify.java ask.json - tanyakan apakah nilai sesuai / ask whether values match.  Java 17, no library.
// 0 SESUAI, 1 TIDAK_SESUAI, 2 ditolak / refused, 75 coba lagi nanti / try later.
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

public class Verify {
    static final HttpClient HTTP = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();

    public static void main(String[] arguments) throws InterruptedException {
        int status = 75;
        try {
            status = verify(Files.readString(Path.of(arguments[0])));
        } catch (IOException | IllegalArgumentException fault) { // no reply, or not ours
            System.err.println(fault.getClass().getSimpleName());
        }
        System.exit(status);
    }

    static int verify(String file) throws IOException, InterruptedException {
        Map<String, String> given = Json.members(file);
        String base = Json.text(given.get("base_url"));
        String form = "grant_type=client_credentials&client_id=" + encoded(given.get("client_id"))
                + "&client_secret=" + encoded(given.get("client_secret"));
        HttpResponse<String> reply = post(base + "/oauth2/token", form, "Content-Type", "application/x-www-form-urlencoded");
        Map<String, String> told = Json.members(reply.body());
        if (reply.statusCode() != 200) {
            System.err.println("token: " + Json.text(told.getOrDefault("error", told.get("code"))));
            return told.containsKey("error") || told.get("final").equals("true") ? 2 : 75;
        }
        // The same ask under the same Idempotency-Key is charged once.
        reply = post(base + "/v1/verifications", given.get("ask"), "Content-Type", "application/json",
                "Authorization", "Bearer " + Json.text(told.get("access_token")),
                "Idempotency-Key", Json.text(given.get("key")));
        told = Json.members(reply.body());
        if (reply.statusCode() != 200) {
            System.err.println(Json.text(told.get("code")) + ": " + Json.text(told.get("title"))
                    + " / " + Json.text(told.get("title_en")));
            return told.get("final").equals("true") ? 2 : 75;
        }
        String result = Json.text(told.get("result"));
        System.out.println(result);
        Json.members(told.get("elements")).forEach((code, verdict) ->
                System.out.println("  " + code + ": " + Json.text(verdict)));
        System.out.println("tanda terima / receipt: " + Json.members(told.get("receipt")).get("seq"));
        return result.equals("SESUAI") ? 0 : 1;
    }

    static HttpResponse<String> post(String url, String body, String... headers) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(10))
                .headers(headers).POST(HttpRequest.BodyPublishers.ofString(body)).build();
        return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
    }

    static String encoded(String quoted) {
        return URLEncoder.encode(Json.text(quoted), StandardCharsets.UTF_8);
    }

    /** Java has no JSON of its own; with a library such as Jackson this class is not needed. */
    static final class Json {
        /** The members of one object: name to its value as it is written. */
        static Map<String, String> members(String object) {
            Map<String, String> found = new LinkedHashMap<>();
            int at = object.indexOf('{') + 1;
            while (at > 0 && object.indexOf('"', at) >= 0 && object.charAt(blank(object, at)) != '}') {
                int name = object.indexOf('"', at);
                int nameEnd = end(object, name);
                int value = blank(object, object.indexOf(':', nameEnd) + 1);
                int valueEnd = end(object, value);
                found.put(text(object.substring(name, nameEnd)), object.substring(value, valueEnd));
                at = blank(object, valueEnd);
                if (object.charAt(at) == ',') at++;
            }
            if (at == 0) throw new IllegalArgumentException("no JSON object");
            return found;
        }

        /** The text that a quoted value stands for. */
        static String text(String quoted) {
            StringBuilder text = new StringBuilder();
            for (int at = 1; at < quoted.length() - 1; at++) {
                char one = quoted.charAt(at);
                if (one == '\\') {
                    one = quoted.charAt(++at);
                    if (one == 'u') {
                        one = (char) Integer.parseInt(quoted.substring(at + 1, at + 5), 16);
                        at += 4;
                    } else if ("bfnrt".indexOf(one) >= 0) {
                        one = "\b\f\n\r\t".charAt("bfnrt".indexOf(one));
                    }
                }
                text.append(one);
            }
            return text.toString();
        }

        private static int blank(String json, int at) {
            while (Character.isWhitespace(json.charAt(at))) at++;
            return at;
        }

        /** Where the value that begins here ends. */
        private static int end(String json, int at) {
            int depth = 0;
            boolean quoted = false;
            for (; at < json.length(); at++) {
                char one = json.charAt(at);
                if (quoted) {
                    if (one == '\\') at++;
                    else if (one == '"') quoted = false;
                    if (!quoted && depth == 0) return at + 1;
                } else if (one == '"') {
                    quoted = true;
                } else if (one == '{' || one == '[') {
                    depth++;
                } else if (one == '}' || one == ']') {
                    if (--depth <= 0) return depth < 0 ? at : at + 1;
                } else if (depth == 0 && (one == ',' || Character.isWhitespace(one))) {
                    return at;
                }
            }
            return at;
        }
    }
}
