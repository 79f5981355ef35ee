package dev.headgate.policy.xmlthreats;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.headgate.config.Size;
import dev.headgate.content.CheckedBodies.Refusal;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.parsers.SAXParserFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xml.sax.SAXException;
import org.xml.sax.helpers.DefaultHandler;

/** What is XML within limits and what is not, and texts that were made to harm. */
class XmlCheckTest {
  static final XmlThreats WIDE = limits(100, 1 << 20, 1 << 20, 100, 100, 1 << 10, 1 << 16, 1 << 20);

  private static XmlThreats limits(
      int depth,
      int elements,
      int children,
      int attributes,
      int namespaces,
      int name,
      int value,
      int text) {
    return new XmlThreats(
        depth,
        elements,
        children,
        attributes,
        namespaces,
        new Size(name),
        new Size(value),
        Size.kibibytes(32),
        new Size(text),
        List.of("application/xml"),
        List.of(),
        Size.mebibytes(1),
        100);
  }

  static String verdict(XmlThreats limits, byte[] text, int... splits) {
    XmlCheck check = new XmlCheck(limits);
    int from = 0;
    for (int i = 0; i <= splits.length; i++) {
      int to = i == splits.length ? text.length : splits[i];
      byte[] piece = Arrays.copyOfRange(text, from, to);
      Refusal refusal = check.put(piece, 0, piece.length);
      Arrays.fill(piece, (byte) '<');
      if (refusal != null) {
        return refusal.reason();
      }
      from = to;
    }
    Refusal refusal = check.end();
    return refusal == null ? "passed" : refusal.reason();
  }

  /** The verdict, which is the same byte by byte and wherever the text is cut in two. */
  static String verdict(XmlThreats limits, byte[] text) {
    String verdict = verdict(limits, text, new int[0]);
    int[] everywhere = new int[text.length];
    for (int i = 0; i < text.length; i++) {
      everywhere[i] = i;
      assertThat(verdict(limits, text, i)).as("cut at %s", i).isEqualTo(verdict);
    }
    assertThat(verdict(limits, text, everywhere)).isEqualTo(verdict);
    return verdict;
  }

  private static String wide(String text) {
    return verdict(WIDE, text.getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "<a/>",
        "<a></a>",
        "<a>text</a>",
        " \n<a/>\n",
        "<?xml version='1.0'?><a/>",
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone='yes'?>\n<a b='c' d=\"e>f\"/>",
        "<a><!-- c > - d --><?p d?><![CDATA[ <x> ]] ]]></a>",
        "<a>&lt;&amp;&#65;&#x41;&quot;&apos;&gt;</a>",
        "<x:a xmlns:x='urn:x' x:b='1' b='2'><x:c/></x:a>",
        "<\u00e4>\u20ac\ud83d\ude00</\u00e4>",
        "\ufeff<a/>",
        "<a b=''/>",
        "<!-- c --><a/><!-- d --><?e f?>"
      })
  void whatIsXmlPasses(String text) {
    assertThat(wide(text)).isEqualTo("passed");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        " ",
        "a",
        "<a>",
        "<a",
        "</a>",
        "<a></b>",
        "<a/><b/>",
        "<a/>x",
        "x<a/>",
        "<a b/>",
        "<a b=c/>",
        "<a b='<'/>",
        "<a b='1' b='2'/>",
        "<a b='1'c='2'/>",
        "<x:a/>",
        "<a x:b='1'/>",
        "<a>&</a>",
        "<a>&lt</a>",
        "<a><!-- -- --></a>",
        "<a><!- x --></a>",
        "<a><![CDAT[x]]></a>",
        "<a>]]></a>",
        "<a>\u0001</a>",
        "<a>&#0;</a>",
        "<a>&#x110000;</a>",
        "<1/>",
        "<a><?xml?></a>",
        "< a/>",
        "<a xmlns:x='u' xmlns:y='u' x:b='1' y:b='2'/>",
        "<a",
        "<!",
        "<a><![CDATA[",
        "<a>\ufffe</a>"
      })
  void whatIsNoXmlIsRefused(String text) {
    assertThat(wide(text)).isEqualTo("xml.malformed");
  }

  @Test
  void aPartOfAByteOrderMarkIsNone() {
    byte[] text = "\ufeff<a/>".getBytes(StandardCharsets.UTF_8);
    byte[] first = {text[0], text[3], text[4], text[5], text[6]};
    assertThat(verdict(WIDE, first)).isEqualTo("xml.malformed");
    assertThat(verdict(WIDE, Arrays.copyOf(text, 3))).isEqualTo("xml.malformed");
    assertThat(wide("\ufeff\ufeff<a/>")).isEqualTo("xml.malformed");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "<!DOCTYPE a><a/>| xml.dtd",
        "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>| xml.dtd",
        "<?xml version='1.0'?><!DOCTYPE a><a/>| xml.dtd",
        "<?xml version='1.0' encoding='ISO-8859-1'?><a/>| xml.charset",
        "<a><b><c><d/></c></b></a>| xml.too_deep",
        "<a><b/><b/><b/></a>| xml.too_many_children",
        "<a><b><c/><c/></b><d><e/></d></a>| xml.too_many_elements",
        "<a b='1' c='2' d='3'/>| xml.too_many_attributes",
        "<a xmlns:b='1' xmlns:c='2'/>| xml.too_many_namespaces",
        "<a1234567890/>| xml.name_too_long",
        "<a b1234567890='1'/>| xml.name_too_long",
        "<a b='12345678901'/>| xml.attribute_too_long",
        "<a>12345678901</a>| xml.text_too_long",
        "<a>12345<!-- x -->678901</a>| xml.text_too_long",
        "<a>12345<![CDATA[6789]]></a>| xml.text_too_long",
        "<a>&x;</a>| xml.entity",
        "<a b='&nbsp;'/>| xml.entity",
        "<a>1234567890</a>| passed",
        "<a123456789 b12345678='1234567890'/>| passed"
      })
  void eachLimitHasAReason(String text, String reason) {
    XmlThreats limits = limits(3, 5, 2, 2, 1, 10, 10, 10);
    assertThat(verdict(limits, text.getBytes(StandardCharsets.UTF_8))).isEqualTo(reason);
  }

  @Test
  void aMarkupThatIsTooLongIsRefused() {
    assertThat(wide("<a><!--" + "c".repeat(40_000) + "--></a>")).isEqualTo("xml.markup_too_long");
  }

  /** Whether the JDK's parser takes it. */
  static boolean jdkTakes(byte[] text) {
    try {
      SAXParserFactory factory = SAXParserFactory.newInstance();
      factory.setNamespaceAware(true);
      factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
      factory
          .newSAXParser()
          .parse(
              new ByteArrayInputStream(text),
              new DefaultHandler() {
                @Override
                public void fatalError(org.xml.sax.SAXParseException e) throws SAXException {
                  throw e;
                }
              });
      return true;
    } catch (SAXException | IOException e) {
      return false;
    } catch (ParserConfigurationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static final String[] PARTS = {
    "<a>", "</a>", "<b x='1'>", "</b>", "<c/>", "text", "&lt;", "&#65;", "<!-- c -->",
        "<![CDATA[d]]>",
    "<?p i?>", " ", "<n:d xmlns:n='u'/>", "<e y=\"2\" z='3'/>", "]]", ">", "\u00e4", "<", "&x;", "'"
  };

  @Test
  void whatPassesIsWhatTheJdksParserTakes() {
    Random random = new Random(5);
    int passed = 0;
    for (int i = 0; i < 20_000; i++) {
      StringBuilder text = new StringBuilder("<r>");
      for (int n = random.nextInt(6); n > 0; n--) {
        text.append(PARTS[random.nextInt(PARTS.length)]);
      }
      byte[] bytes = text.append("</r>").toString().getBytes(StandardCharsets.UTF_8);
      int cut = random.nextInt(bytes.length);
      String verdict = verdict(WIDE, bytes, cut);
      assertThat(verdict(WIDE, bytes, new int[0]).equals("passed"))
          .isEqualTo(verdict.equals("passed"));
      assertThat(verdict.equals("passed")).as("%s %s", text, verdict).isEqualTo(jdkTakes(bytes));
      passed += verdict.equals("passed") ? 1 : 0;
    }
    assertThat(passed).isBetween(2_000, 18_000);
  }

  /** What was allocated for a text until it was refused, or 100 MB had come. */
  private static long allocated(String begin, IntFunction<String> more) {
    XmlCheck check = new XmlCheck(WIDE);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    byte[] first = begin.getBytes(StandardCharsets.UTF_8);
    Refusal refusal = check.put(first, 0, first.length);
    long allocated = 0;
    for (int i = 0; refusal == null && i < 12_800; i++) {
      byte[] piece = more.apply(i).getBytes(StandardCharsets.UTF_8);
      long before = threads.getCurrentThreadAllocatedBytes();
      refusal = check.put(piece, 0, piece.length);
      allocated += threads.getCurrentThreadAllocatedBytes() - before;
    }
    return allocated;
  }

  @Test
  void anAttackerDecidesNotHowMuchIsKept() {
    String x = "x".repeat(8192);
    String[] begins = {
      "<a b='", "<a ", "<", "<!--", "<?p ", "<a><![CDATA[", "<a>", "<a>&", "</", "<a>&#"
    };
    for (String begin : begins) {
      assertThat(allocated(begin, _ -> x)).as(begin).isLessThan(3 << 20);
    }
    assertThat(allocated("<a", i -> (" b" + i + "='1'").repeat(1000))).isLessThan(1 << 20);
    assertThat(allocated("<a", i -> (" xmlns:b" + i + "='1'").repeat(1000))).isLessThan(1 << 20);
    assertThat(allocated("", _ -> "<a>".repeat(1000))).isLessThan(1 << 20);
  }
}
