package dev.headgate.expression;

import dev.cel.common.CelFunctionDecl;
import dev.cel.common.CelOverloadDecl;
import dev.cel.common.types.SimpleType;
import dev.cel.runtime.CelFunctionBinding;
import dev.headgate.config.Cidr;
import io.netty.util.NetUtil;
import java.net.InetAddress;

/**
 * {@code inNetwork(client.address, '10.0.0.0/8')}: whether an address lies in a network. False for
 * what is no address; an error for what is no network.
 */
final class InNetwork {
  private static final String NAME = "inNetwork";
  private static final String OVERLOAD = "in_network_string_string";

  static final CelFunctionDecl DECLARATION =
      CelFunctionDecl.newFunctionDeclaration(
          NAME,
          CelOverloadDecl.newGlobalOverload(
              OVERLOAD, SimpleType.BOOL, SimpleType.STRING, SimpleType.STRING));

  static final CelFunctionBinding BINDING =
      CelFunctionBinding.from(OVERLOAD, String.class, String.class, InNetwork::test);

  private InNetwork() {}

  private static boolean test(String address, String network) {
    InetAddress parsed = NetUtil.createInetAddressFromIpAddressString(address);
    return parsed != null && Cidr.parse(network).contains(parsed);
  }
}
