import { InvalidHandshake } from './handshake-errors.ts';

/** A header of the handshake is missing, empty or wrong. */
export class InvalidHeader extends InvalidHandshake {
  static {
    InvalidHeader.prototype.name = 'InvalidHeader';
  }
  /** Name of the header: `name` is the name of the class. */
  readonly header: string;
  /** Undefined where the header is missing. */
  readonly value: string | undefined;

  constructor(header: string, value?: string, options?: ErrorOptions) {
    super(
      value === undefined
        ? `missing ${header} header`
        : value === ''
          ? `empty ${header} header`
          : `invalid ${header} header: ${value}`,
      options,
    );
    this.header = header;
    this.value = value;
  }
}

/** A header that cannot be parsed. */
export class InvalidHeaderFormat extends InvalidHeader {
  static {
    InvalidHeaderFormat.prototype.name = 'InvalidHeaderFormat';
  }

  /** @param at characters of `text` before the one that is wrong. */
  static at(header: string, error: string, text: string, at: number): InvalidHeaderFormat {
    return new InvalidHeaderFormat(header, `${error} at ${at} in ${text}`);
  }
}

/** A header that can be parsed and says the wrong thing. */
export class InvalidHeaderValue extends InvalidHeader {
  static {
    InvalidHeaderValue.prototype.name = 'InvalidHeaderValue';
  }
}

/** An Origin that is not allowed. */
export class InvalidOrigin extends InvalidHeader {
  static {
    InvalidOrigin.prototype.name = 'InvalidOrigin';
  }

  constructor(origin?: string, options?: ErrorOptions) {
    super('Origin', origin, options);
  }
}

/** An Upgrade or Connection header that upgrades to nothing we speak. */
export class InvalidUpgrade extends InvalidHeader {
  static {
    InvalidUpgrade.prototype.name = 'InvalidUpgrade';
  }
}

/** An extension or a subprotocol could not be agreed on. */
export class NegotiationError extends InvalidHandshake {
  static {
    NegotiationError.prototype.name = 'NegotiationError';
  }
}

export class DuplicateParameter extends NegotiationError {
  static {
    DuplicateParameter.prototype.name = 'DuplicateParameter';
  }
  readonly parameter: string;

  constructor(parameter: string, options?: ErrorOptions) {
    super(`duplicate parameter: ${parameter}`, options);
    this.parameter = parameter;
  }
}

export class InvalidParameterName extends NegotiationError {
  static {
    InvalidParameterName.prototype.name = 'InvalidParameterName';
  }
  readonly parameter: string;

  constructor(parameter: string, options?: ErrorOptions) {
    super(`invalid parameter name: ${parameter}`, options);
    this.parameter = parameter;
  }
}

export class InvalidParameterValue extends NegotiationError {
  static {
    InvalidParameterValue.prototype.name = 'InvalidParameterValue';
  }
  readonly parameter: string;
  /** Undefined where there was none. */
  readonly value: string | undefined;

  constructor(parameter: string, value: string | undefined, options?: ErrorOptions) {
    super(
      value === undefined
        ? `missing value for parameter ${parameter}`
        : value === ''
          ? `empty value for parameter ${parameter}`
          : `invalid value for parameter ${parameter}: ${value}`,
      options,
    );
    this.parameter = parameter;
    this.value = value;
  }
}
