package dev.orograph.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orograph.input.InputException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HubSettingsTest {
  @TempDir private Path dir;

  private HubSettings of(String... pairs) {
    Map<String, String> environment = new java.util.HashMap<>(Map.of("HOME", dir.toString()));
    for (int i = 0; i < pairs.length; i += 2) {
      environment.put(pairs[i], pairs[i + 1]);
    }
    return HubSettings.of(environment);
  }

  @Test
  void nothingSetIsThePublicHub() {
    HubSettings s = of();
    assertThat(s.endpoint()).isEqualTo(URI.create("https://huggingface.co"));
    assertThat(s.token()).isEmpty();
    assertThat(s.offline()).isFalse();
    assertThat(s.silence()).hasSeconds(30);
    assertThat(of("HF_HUB_OFFLINE", "0").offline()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://example.org",
        "http://127.0.0.1.example.org",
        "http://localhost.example.org",
        "ftp://example.org",
        "https://me:pass@example.org",
        "https://example.org/?q",
        "https://",
        "example.org",
        "https://exa mple.org",
        "file:///x"
      })
  void anEndpointThatIsNotSafeIsRefused(String endpoint) {
    assertThatThrownBy(() -> of("HF_ENDPOINT", endpoint))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("HF_ENDPOINT: must be an https address")
        .hasMessageNotContaining("pass@");
  }

  @ParameterizedTest
  @CsvSource({
    "https://example.org/, https://example.org",
    "https://example.org:8443/hf//, https://example.org:8443/hf",
    "http://localhost:8080, http://localhost:8080",
    "http://127.1.2.3, http://127.1.2.3",
    "http://[::1]:80, http://[::1]:80"
  })
  void endpointsAreRead(String value, String endpoint) {
    assertThat(of("HF_ENDPOINT", value).endpoint()).isEqualTo(URI.create(endpoint));
  }

  @ParameterizedTest
  @CsvSource({
    "https://hub.org/x, true, true",
    "https://HUB.org:443/x, true, true",
    "https://hub.org:8443/x, false, true",
    "https://cdn.hub.org/x, false, true",
    "https://hub.org.evil.org/x, false, true",
    "http://hub.org/x, false, false",
    "http://hub.org:443/x, false, false",
    "http://127.0.0.1/x, false, false",
    "https://127.0.0.1/x, false, false",
    "https://localhost/x, false, false",
    "https://hub.org@evil.org/x, false, false",
    "file:/etc/passwd, false, false"
  })
  void ownAddressesGetTheTokenAndAllowedOnesAreAsked(String at, boolean own, boolean allowed) {
    HubSettings s = of("HF_ENDPOINT", "https://hub.org");
    URI uri = URI.create(at);
    assertThat(s.allowed(uri)).isEqualTo(allowed);
    assertThat(allowed && s.own(uri)).isEqualTo(own);
  }

  @Test
  void theTokenIsReadAndNeverShown() throws IOException {
    assertThat(of("HF_TOKEN", " hf_secret\n").token()).contains("hf_secret");
    Path home = Files.createDirectories(dir.resolve(".cache/huggingface"));
    Files.writeString(home.resolve("token"), "hf_file\n");
    assertThat(of().token()).contains("hf_file");
    assertThat(of("HF_TOKEN", "hf_first").token()).contains("hf_first");
    assertThat(of("HF_TOKEN", "hf_secret").toString()).doesNotContain("hf_secret");
    for (String bad :
        new String[] {"hf_se\r\ncret", "hf se cret", "hf_s\u00e9cret", "hf_secret".repeat(500)}) {
      assertThatThrownBy(() -> of("HF_TOKEN", bad))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("must be one word of plain characters")
          .hasMessageNotContaining("cret");
    }
  }
}
