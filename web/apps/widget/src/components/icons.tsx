interface IconProps {
  d: string;
  size?: number;
  filled?: boolean;
}

function Icon({ d, size = 18, filled = false }: IconProps) {
  return (
    <svg
      className={filled ? "icon icon-filled" : "icon"}
      width={size}
      height={size}
      viewBox="0 0 24 24"
      aria-hidden="true"
    >
      <path d={d} />
    </svg>
  );
}

const UP =
  "M7 10v11H4a1 1 0 0 1-1-1v-9a1 1 0 0 1 1-1zm0 0 4-7a3 3 0 0 1 3 3v3h5a2 2 0 0 1 2 2.3l-1.2 8A2 2 0 0 1 17.8 21H7";
const DOWN =
  "M17 14V3h3a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1zm0 0-4 7a3 3 0 0 1-3-3v-3H5a2 2 0 0 1-2-2.3l1.2-8A2 2 0 0 1 6.2 3H17";

export const CloseIcon = () => <Icon d="M6 6l12 12M18 6 6 18" />;
export const NewIcon = () => (
  <Icon d="M12 4H6a2 2 0 0 0-2 2v12a2 2 0 0 0 2 2h12a2 2 0 0 0 2-2v-6M18.4 3.6a2 2 0 0 1 2.8 2.8L13 14.6 9 15.5l.9-4z" />
);
export const SendIcon = () => <Icon d="M12 19V5M6 11l6-6 6 6" size={20} />;
export const StopIcon = () => (
  <Icon
    d="M8 7h8a1 1 0 0 1 1 1v8a1 1 0 0 1-1 1H8a1 1 0 0 1-1-1V8a1 1 0 0 1 1-1z"
    size={20}
    filled
  />
);
export const CopyIcon = () => (
  <Icon
    d="M10 8h9a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1H10a1 1 0 0 1-1-1V9a1 1 0 0 1 1-1zM5 16a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1h10a1 1 0 0 1 1 1"
    size={16}
  />
);
export const CheckIcon = () => <Icon d="m5 13 4 4L19 7" size={16} />;
export const UpIcon = ({ filled }: { filled: boolean }) => (
  <Icon d={UP} size={16} filled={filled} />
);
export const DownIcon = ({ filled }: { filled: boolean }) => (
  <Icon d={DOWN} size={16} filled={filled} />
);
export const AgainIcon = () => (
  <Icon
    d="M4 5v5h5M20 19v-5h-5M5.5 15a7 7 0 0 0 12 2.5L20 14M4 10l2.5-3.5a7 7 0 0 1 12 2.5"
    size={16}
  />
);
export const AlertIcon = () => (
  <Icon d="M12 8v5M12 16.5v.1M10.3 4 2.8 17a2 2 0 0 0 1.7 3h15a2 2 0 0 0 1.7-3L13.7 4a2 2 0 0 0-3.4 0z" />
);
export const ArrowDownIcon = () => <Icon d="M12 5v14M6 13l6 6 6-6" />;
export const ArrowRightIcon = () => <Icon d="M5 12h14M13 6l6 6-6 6" size={16} />;
