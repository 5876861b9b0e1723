<?php
// php verify.php ask.json - tanyakan apakah nilai sesuai / ask whether values match.  PHP 8, no extension.
// 0 SESUAI, 1 TIDAK_SESUAI, 2 ditolak / refused, 75 coba lagi nanti / try later.
declare(strict_types=1);

/** @return array{int, array<string, mixed>} the status and the body of the reply; ends with 75 when none comes */
function post(string $url, string $content, array $headers): array
{
    $http = ['method' => 'POST', 'content' => $content, 'header' => $headers, 'timeout' => 10, 'ignore_errors' => true];
    $body = @file_get_contents($url, false, stream_context_create(['http' => $http]));
    $reply = $body === false ? null : json_decode($body, true);
    if (!is_array($reply)) {
        fwrite(STDERR, "tidak ada jawaban / no reply\n");
        exit(75);
    }
    return [(int) explode(' ', $http_response_header[0])[1], $reply];
}

$given = json_decode(file_get_contents($argv[1]), true, 16, JSON_THROW_ON_ERROR);

$form = http_build_query([
    'grant_type' => 'client_credentials',
    'client_id' => $given['client_id'],
    'client_secret' => $given['client_secret'],
]);
[$status, $reply] = post("{$given['base_url']}/oauth2/token", $form, ['Content-Type: application/x-www-form-urlencoded']);
if ($status !== 200) {
    fwrite(STDERR, 'token: ' . ($reply['error'] ?? $reply['code']) . "\n");
    exit(isset($reply['error']) || $reply['final'] ? 2 : 75);
}

[$status, $reply] = post("{$given['base_url']}/v1/verifications", json_encode($given['ask'], JSON_THROW_ON_ERROR), [
    "Authorization: Bearer {$reply['access_token']}",
    'Content-Type: application/json',
    "Idempotency-Key: {$given['key']}", // the same ask under the same key is charged once
]);
if ($status !== 200) {
    fwrite(STDERR, "{$reply['code']}: {$reply['title']} / {$reply['title_en']}\n");
    exit($reply['final'] ? 2 : 75);
}
echo $reply['result'], "\n";
foreach ($reply['elements'] as $code => $verdict) {
    echo "  $code: $verdict\n";
}
echo "tanda terima / receipt: {$reply['receipt']['seq']}\n";
exit($reply['result'] === 'SESUAI' ? 0 : 1);
