package dev.orograph;

import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.TimeZone;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Draws a locale and a time zone for every test run and says which, so that one on which a result
 * depends shows sooner or later. {@code -Dorograph.locale} and {@code -Dorograph.zone} repeat a
 * draw. JUnit finds it by itself.
 */
public final class DrawnPlace implements BeforeAllCallback {
  /** Other digits, separators, letters without a dot and direction. */
  private static final List<String> LOCALES =
      List.of("ar-EG", "en-US", "hi-IN-u-nu-deva", "th-TH-u-nu-thai", "tr-TR");

  private static final List<String> ZONES =
      List.of("UTC", "Asia/Kathmandu", "Pacific/Kiritimati", "America/St_Johns");

  static {
    Random random = new Random();
    String locale =
        System.getProperty("orograph.locale", LOCALES.get(random.nextInt(LOCALES.size())));
    String zone = System.getProperty("orograph.zone", ZONES.get(random.nextInt(ZONES.size())));
    Locale.setDefault(Locale.forLanguageTag(locale));
    TimeZone.setDefault(TimeZone.getTimeZone(zone));
    System.out.println("these tests: -Dorograph.locale=" + locale + " -Dorograph.zone=" + zone);
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    // That this class is loaded is enough.
  }
}
